"""How a search did on one candidate: what all its calls found, and what its finished policy does on new images."""

import tempfile
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from blindspot.metrics import share
from blindspot.protocols import Candidate
from blindspot.records.asked import Asked
from blindspot.records.cell_rate import CellRate
from blindspot.records.failure_mode import FailureMode
from blindspot.scenes.cells import Cell
from blindspot.scenes.oracle import extreme, holds, rule
from blindspot.scenes.oracle import matching as things_matching
from blindspot.scenes.parse import parse
from blindspot.scenes.question import Question
from blindspot.scenes.scene import Scene
from blindspot.search.measures import (
    Mask,
    calls_to,
    largest_family_ratio,
    mode_precision,
    mode_recall,
    mode_recall_in_parts,
    variety,
)
from blindspot.search.truth import draw_sample, measure_cells, uniform_questions
from blindspot.skills.plain import all_traits

SAMPLE_SEED, MATCHING_SEED = 0, 1_000_000  # apart: cells are not matched on what they are called weak on
FINE, COARSE = range(20, 420, 20), 200  # calls after which modes are looked for: these, then every so many
FEW = 1  # things that make a set small

Scores = dict[str, float | None]
TraitsOf = Callable[[str, str], Collection[str]]
Curve = list[tuple[int, float | None]]  # recall after so many calls


@dataclass(frozen=True)
class Truth:
    """The weak cells of a candidate, and uniformly drawn questions on which modes are matched with them.

    `weak`: of which some count. `questions`: each with its true answer. `belongs`: which of these is in which weak
    cell, shape (questions, weak cells).
    """

    weak: list[CellRate]
    questions: list[tuple[str, str]]
    belongs: Mask

    @property
    def ideal(self) -> float | None:
        """What an all-knowing asker gets who draws uniformly over the weak cells and within them."""
        rates = [cell.wrong_rate for cell in self.weak if cell.wrong_rate is not None]
        return sum(rates) / len(rates) if rates else None

    def counting(self) -> list[int]:
        """The places of the weak cells that count."""
        return [place for place, cell in enumerate(self.weak) if cell.counts]

    def due(self) -> dict[str, float]:
        """What share of the questions each family has for an asker who draws uniformly over the cells that count."""
        family = np.array([_read(question).family for question, _ in self.questions])
        shares: dict[str, float] = defaultdict(float)
        cells = self.counting()
        for place in cells:
            within = family[self.belongs[:, place]].tolist()
            for name, count in Counter(within).items():
                shares[name] += count / len(within) / len(cells)
        return dict(shares)

    def found(self, modes: Sequence[FailureMode], traits_of: TraitsOf = all_traits) -> Scores:
        """Mode recall, also in parts, and mode precision. `traits_of`: a question and its true answer."""
        traits = [traits_of(*row) for row in self.questions]
        claimed = [np.array([mode.claims(one) for one in traits]) for mode in modes]
        cells = [*self.belongs.T]
        counting = [cells[place] for place in self.counting()]
        return {
            "mode_recall": mode_recall(claimed, counting),
            "mode_recall_in_parts": mode_recall_in_parts(claimed, counting),
            "mode_precision": mode_precision(claimed, cells),
        }


def find_truth(candidate: Candidate, gaps: Sequence[str], a_cell: int, matching: int) -> tuple[list[CellRate], Truth]:
    """All cells' rates on `a_cell` uniformly drawn questions each, and the truth on `matching` others.

    `gaps`: those planted, each of which is a cell as well.
    """
    with tempfile.TemporaryDirectory() as pictures:
        cells = measure_cells(candidate, draw_sample(Path(pictures), a_cell, SAMPLE_SEED, gaps))
    weak = [cell for cell in cells if cell.weak]
    listed = [Cell(cell.name, cell.family, cell.condition) for cell in weak]
    scenes, questions, belongs = uniform_questions(listed, matching, MATCHING_SEED)
    answers = [str(rule(text, scene).answer) for text, scene in zip(questions, scenes, strict=True)]
    return cells, Truth(weak, [*zip(questions, answers, strict=True)], belongs)


def of_questions(asked: Sequence[Asked], scenes: Sequence[Scene], truth: Truth) -> Scores:
    """Rates and variety of what was asked, in the order of the scenes it was asked about. Errors count nowhere."""
    known = [(row, scene) for row, scene in zip(asked, scenes, strict=True) if row.outcome != "error"]
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


def inconspicuous_share(valid: Sequence[tuple[str, Scene]]) -> float | None:
    """The share of valid questions about something small, or about at most FEW of its kind."""
    return share(sum(inconspicuous(_read(text), scene) for text, scene in valid), len(valid))


def inconspicuous(question: Question, scene: Scene) -> bool:
    """Whether something that the question speaks of is small, or there are at most FEW of what it counts."""
    described = [one for one in (question.subject, question.other) if one is not None]
    groups = [things_matching(one, scene) for one in described]
    if question.family == "extremum":
        groups = [extreme(str(question.word), groups[0])]
    if question.family == "two_hop":
        groups[0] = [thing for thing in groups[0] if holds(str(question.word), thing, groups[1][0])]
    if question.family in ("existence", "counting", "comparison") and min(map(len, groups)) <= FEW:
        return True
    return any(group and all(thing.size == "small" for thing in group) for group in groups)


def _read(text: str) -> Question:
    question = parse(text)
    assert question is not None, "the oracle called it valid"
    return question
