"""Scores of a search on one candidate: of all questions of the search, and of its final policy on new images."""

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
from blindspot.records.failure_mode import FailureMode
from blindspot.records.rollout import Asked
from blindspot.scenes.inconspicuous import inconspicuous_share
from blindspot.scenes.oracle import rule
from blindspot.scenes.parse import parse
from blindspot.scenes.question import Question
from blindspot.scenes.scene import Scene
from blindspot.search.variety import variety
from blindspot.taxonomy.reading.question_features import all_features

SAMPLE_SEED, MATCHING_SEED = 0, 1_000_000  # different: slices are measured and matched on different questions
FINE, COARSE = range(20, 420, 20), 200  # numbers of calls at which recall is measured: these, then every COARSE calls
Scores = dict[str, float | None]
FeaturesOf = Callable[[str, str], Collection[str]]
Curve = list[tuple[int, float | None]]  # (calls, recall)


@dataclass(frozen=True)
class Truth:
    """The weak slices of a candidate, and uniformly drawn questions on which modes are matched with them.

    `weak`: the weak slices, those that count and the others. `questions`: each with its true answer. `belongs`: which
    question is in which weak slice, shape (questions, weak slices).
    """

    weak: list[SliceRate]
    questions: list[tuple[str, str]]
    belongs: Mask

    @property
    def ideal(self) -> float | None:
        """The failure rate of an ideal questioner, which draws uniformly over the weak slices and within them."""
        rates = [slice_.error_rate for slice_ in self.weak if slice_.error_rate is not None]
        return sum(rates) / len(rates) if rates else None

    def counting(self) -> list[int]:
        """Returns the indices of the weak slices that count."""
        return [index for index, slice_ in enumerate(self.weak) if slice_.counts]

    def family_shares(self) -> dict[str, float]:
        """Returns the share of each family if questions are drawn uniformly over the slices that count."""
        family = np.array([_read(question).family for question, _ in self.questions])
        shares: dict[str, float] = defaultdict(float)
        slices = self.counting()
        for index in slices:
            within = family[self.belongs[:, index]].tolist()
            for name, count in Counter(within).items():
                shares[name] += count / len(within) / len(slices)
        return dict(shares)

    def match(self, modes: Sequence[FailureMode], features_of: FeaturesOf = all_features) -> Scores:
        """Returns mode recall, mode recall in parts and mode precision.

        `features_of`: returns the features of a question and its true answer.
        """
        features = [features_of(*row) for row in self.questions]
        contained = [np.array([mode.contains(one) for one in features]) for mode in modes]
        slices = [*self.belongs.T]
        counting = [slices[index] for index in self.counting()]
        return {
            "mode_recall": mode_recall(contained, counting),
            "mode_recall_in_parts": mode_recall_in_parts(contained, counting),
            "mode_precision": mode_precision(contained, slices),
        }


def find_truth(
    candidate: Candidate, gaps: Sequence[str], per_slice: int, matching: int
) -> tuple[list[SliceRate], Truth]:
    """Returns the rates of all slices, and the truth that modes are matched with.

    `per_slice`: uniformly drawn questions per slice. `matching`: further uniformly drawn questions, for the truth.
    `gaps`: the planted gaps of the candidate; each is a slice too.
    """
    with tempfile.TemporaryDirectory() as pictures:
        slices = measure_slices(candidate, draw_sample(Path(pictures), per_slice, SAMPLE_SEED, gaps))
    weak = [slice_ for slice_ in slices if slice_.weak]
    listed = [Slice(slice_.name, slice_.family, slice_.condition) for slice_ in weak]
    scenes, questions, belongs = uniform_questions(listed, matching, MATCHING_SEED)
    answers = [str(rule(text, scene).answer) for text, scene in zip(questions, scenes, strict=True)]
    return slices, Truth(weak, [*zip(questions, answers, strict=True)], belongs)


def question_scores(asked: Sequence[Asked], scenes: Sequence[Scene], truth: Truth) -> Scores:
    """Returns the rates and the variety of questions. `scenes`: the scene of each. Leaves out unscored questions."""
    known = [(row, scene) for row, scene in zip(asked, scenes, strict=True) if row.outcome != "unscored"]
    valid = [(row, scene) for row, scene in known if row.outcome != "invalid"]
    failures = [row.question for row, _ in valid if row.outcome == "failure"]
    failure_rate = share(len(failures), len(known))
    return {
        "failure_rate": failure_rate,
        "valid_rate": share(len(valid), len(known)),
        "failure_rate_to_ideal": failure_rate / truth.ideal if failure_rate is not None and truth.ideal else None,
        "largest_family_ratio": largest_family_ratio([_read(text).family for text in failures], truth.family_shares()),
        "inconspicuous": inconspicuous_share([(row.question, scene) for row, scene in valid]),
        **variety([row.question for row, _ in valid], failures, len(asked)),
    }


def mode_scores(modes: Sequence[tuple[int, Sequence[FailureMode]]], truth: Truth) -> tuple[Scores, Curve]:
    """Returns the recall and precision of the final modes with the calls to reach recall levels, and recall by calls.

    `modes`: pairs (calls, the failure modes in the questions up to then), by calls.
    """
    found = [(calls, truth.match(of_calls)) for calls, of_calls in modes]
    curve = [(calls, scores["mode_recall"]) for calls, scores in found]
    return {
        "modes": len(modes[-1][1]),
        **found[-1][1],
        "calls_to_half_recall": calls_to(0.5, curve),
        "calls_to_90_recall": calls_to(0.9, curve),
    }, curve


def measuring_points(calls: int) -> list[int]:
    """Returns the numbers of calls at which recall is measured, up to and including `calls`."""
    return sorted({*(stop for stop in FINE if stop < calls), *range(FINE[-1] + COARSE, calls, COARSE), calls})


def _read(text: str) -> Question:
    question = parse(text)
    assert question is not None, "the oracle ruled it valid"
    return question
