"""How a search did on one candidate: what all its calls found, and what its finished policy does on new images."""

import tempfile
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from bench.scoring.measures import (
    Mask,
    calls_to,
    largest_family_ratio,
    mode_precision,
    mode_recall,
    mode_recall_in_parts,
)
from bench.scoring.slice_rate import SliceRate
from bench.scoring.slices import Slice
from bench.scoring.truth import draw_sample, measure_slices, uniform_questions
from blindspot.metrics import share
from blindspot.protocols import Candidate
from blindspot.records.asked import Asked
from blindspot.records.failure_mode import FailureMode
from blindspot.scenes.inconspicuous import inconspicuous_share
from blindspot.scenes.oracle import rule
from blindspot.scenes.parse import parse
from blindspot.scenes.question import Question
from blindspot.scenes.scene import Scene
from blindspot.search.variety import variety
from blindspot.taxonomy.reading.question_features import all_features

SAMPLE_SEED, MATCHING_SEED = 0, 1_000_000  # apart: slices are not matched on what they are called weak on
FINE, COARSE = range(20, 420, 20), 200  # calls after which modes are looked for: these, then every so many
Scores = dict[str, float | None]
FeaturesOf = Callable[[str, str], Collection[str]]
Curve = list[tuple[int, float | None]]  # recall after so many calls


@dataclass(frozen=True)
class Truth:
    """The weak slices of a candidate, and uniformly drawn questions on which modes are matched with them.

    `weak`: of which some count. `questions`: each with its true answer. `belongs`: which of these is in which weak
    slice, shape (questions, weak slices).
    """

    weak: list[SliceRate]
    questions: list[tuple[str, str]]
    belongs: Mask

    @property
    def ideal(self) -> float | None:
        """What an all-knowing asker gets who draws uniformly over the weak slices and within them."""
        rates = [slice_.error_rate for slice_ in self.weak if slice_.error_rate is not None]
        return sum(rates) / len(rates) if rates else None

    def counting(self) -> list[int]:
        """The places of the weak slices that count."""
        return [place for place, slice_ in enumerate(self.weak) if slice_.counts]

    def due(self) -> dict[str, float]:
        """What share of the questions each family has for an asker who draws uniformly over the slices that count."""
        family = np.array([_read(question).family for question, _ in self.questions])
        shares: dict[str, float] = defaultdict(float)
        slices = self.counting()
        for place in slices:
            within = family[self.belongs[:, place]].tolist()
            for name, count in Counter(within).items():
                shares[name] += count / len(within) / len(slices)
        return dict(shares)

    def found(self, modes: Sequence[FailureMode], features_of: FeaturesOf = all_features) -> Scores:
        """Mode recall, also in parts, and mode precision. `features_of`: a question and its true answer."""
        features = [features_of(*row) for row in self.questions]
        claimed = [np.array([mode.claims(one) for one in features]) for mode in modes]
        slices = [*self.belongs.T]
        counting = [slices[place] for place in self.counting()]
        return {
            "mode_recall": mode_recall(claimed, counting),
            "mode_recall_in_parts": mode_recall_in_parts(claimed, counting),
            "mode_precision": mode_precision(claimed, slices),
        }


def find_truth(
    candidate: Candidate, gaps: Sequence[str], per_slice: int, matching: int
) -> tuple[list[SliceRate], Truth]:
    """All slices' rates on `per_slice` uniformly drawn questions each, and the truth on `matching` others.

    `gaps`: those planted, each of which is a slice as well.
    """
    with tempfile.TemporaryDirectory() as pictures:
        slices = measure_slices(candidate, draw_sample(Path(pictures), per_slice, SAMPLE_SEED, gaps))
    weak = [slice_ for slice_ in slices if slice_.weak]
    listed = [Slice(slice_.name, slice_.family, slice_.condition) for slice_ in weak]
    scenes, questions, belongs = uniform_questions(listed, matching, MATCHING_SEED)
    answers = [str(rule(text, scene).answer) for text, scene in zip(questions, scenes, strict=True)]
    return slices, Truth(weak, [*zip(questions, answers, strict=True)], belongs)


def of_questions(asked: Sequence[Asked], scenes: Sequence[Scene], truth: Truth) -> Scores:
    """Rates and variety of what was asked, in the order of the scenes it was asked about. Errors count nowhere."""
    known = [(row, scene) for row, scene in zip(asked, scenes, strict=True) if row.outcome != "unscored"]
    valid = [(row, scene) for row, scene in known if row.outcome != "invalid"]
    failures = [row.question for row, _ in valid if row.outcome == "failure"]
    failure_rate = share(len(failures), len(known))
    return {
        "failure_rate": failure_rate,
        "valid_rate": share(len(valid), len(known)),
        "failure_rate_to_ideal": failure_rate / truth.ideal if failure_rate is not None and truth.ideal else None,
        "largest_family_ratio": largest_family_ratio([_read(text).family for text in failures], truth.due()),
        "inconspicuous": inconspicuous_share([(row.question, scene) for row, scene in valid]),
        **variety([row.question for row, _ in valid], failures, len(asked)),
    }


def of_modes(modes: Sequence[tuple[int, Sequence[FailureMode]]], truth: Truth) -> tuple[Scores, Curve]:
    """The last modes' recall and precision, the calls that recall took, and recall by calls.

    `modes`: by calls spent, ascending.
    """
    found = [(calls, truth.found(of_calls)) for calls, of_calls in modes]
    curve = [(calls, scores["mode_recall"]) for calls, scores in found]
    return {
        "modes": len(modes[-1][1]),
        **found[-1][1],
        "calls_to_half_recall": calls_to(0.5, curve),
        "calls_to_90_recall": calls_to(0.9, curve),
    }, curve


def stops(calls: int) -> list[int]:
    """After how many calls modes are looked for, the last of `calls` included."""
    return sorted({*(stop for stop in FINE if stop < calls), *range(FINE[-1] + COARSE, calls, COARSE), calls})


def _read(text: str) -> Question:
    question = parse(text)
    assert question is not None, "the oracle called it valid"
    return question
