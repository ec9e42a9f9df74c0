"""Scores of a search on one candidate: of all questions of the search, and of its final policy on new images."""

import tempfile
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np

from bench.scoring.measures import Mask, calls_to, largest_family_ratio, mode_precision, mode_recall
from bench.scoring.slice_rate import SliceRate
from bench.scoring.slices import Slice
from bench.scoring.truth import draw_sample, measure_slices, uniform_questions
from bench.scoring.uniform import Scores, Uniform
from blindspot.judges.judging import judge_all
from blindspot.judges.oracle import OracleVerifier
from blindspot.metrics import share
from blindspot.protocols import Candidate
from blindspot.records.failure_mode import FailureMode
from blindspot.records.rollout import Asked
from blindspot.records.verdict import VALID
from blindspot.scenes.draw import pictures_of
from blindspot.scenes.inconspicuous import inconspicuous_share
from blindspot.scenes.parse import parse
from blindspot.scenes.question import Question
from blindspot.scenes.scene import Scene
from blindspot.search.variety import variety
from blindspot.taxonomy.reading.question_features import all_features

SAMPLE_SEED, MATCHING_SEED = 0, 1_000_000  # different: slices are measured and matched on different questions
EVERY, LATER, EARLY = 100, 500, 1000  # calls after which explained mass is measured again: up to EARLY calls, later
EXPLAINED = 0.84  # explained mass whose calls are measured
Curve = list[tuple[int, float | None]]  # (calls, explained mass)


@dataclass(frozen=True)
class Truth:
    """The weak slices of a candidate, and uniformly drawn valid questions that modes are compared with.

    `weak`: the weak slices, those that count and the others. `questions`: each with its true answer. `belongs`: which
    question is in which weak slice, shape (questions, weak slices). `failed`: which question the candidate fails.
    """

    weak: list[SliceRate]
    questions: list[tuple[str, str]]
    belongs: Mask
    failed: Mask

    @cached_property
    def uniform(self) -> Uniform:
        """The questions with their features; weak are those in slices that count."""
        features = [frozenset(all_features(*row)) for row in self.questions]
        return Uniform(features, self.failed, np.any(self.belongs[:, self.counting()], axis=1))

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

    def match(self, modes: Sequence[FailureMode]) -> Scores:
        """Returns mode recall and mode precision."""
        contained, slices = [self.uniform.inside(mode) for mode in modes], [*self.belongs.T]
        return {
            "mode_recall": mode_recall(contained, [slices[index] for index in self.counting()]),
            "mode_precision": mode_precision(contained, slices),
        }


def find_truth(
    candidate: Candidate, gaps: Sequence[str], per_slice: int, matching: int
) -> tuple[list[SliceRate], Truth]:
    """Returns the rates of all slices, and the truth that modes are matched with.

    `per_slice`: uniformly drawn questions per slice. `matching`: further uniformly drawn questions.
    `gaps`: the planted gaps of the candidate; each is a slice too.
    """
    with tempfile.TemporaryDirectory() as pictures:
        slices = measure_slices(candidate, draw_sample(Path(pictures), per_slice, SAMPLE_SEED, gaps))
    weak = [slice_ for slice_ in slices if slice_.weak]
    listed = [Slice(slice_.name, slice_.family, slice_.condition) for slice_ in weak]
    questions, belongs, failed = ask_uniformly(candidate, listed, matching, MATCHING_SEED)
    return slices, Truth(weak, questions, belongs, failed)


def uniform_truth(candidate: Candidate, slices: Sequence[Slice], count: int, seed: int) -> Uniform:
    """Returns the candidate's failures on `count` uniformly drawn questions. `slices`: those that are weak."""
    questions, belongs, failed = ask_uniformly(candidate, slices, count, seed)
    return Uniform([frozenset(all_features(*row)) for row in questions], failed, np.any(belongs, axis=1))


def ask_uniformly(
    candidate: Candidate, slices: Sequence[Slice], questions: int, seed: int
) -> tuple[list[tuple[str, str]], Mask, Mask]:
    """Has the candidate answer uniformly drawn questions about new scenes, judged by the oracle.

    Returns the questions with their true answers, their slices, shape (questions, slices), and which ones failed.
    Unscored questions are left out.
    """
    scenes, texts, belongs = uniform_questions(slices, questions, seed)
    with tempfile.TemporaryDirectory() as folder:
        images = pictures_of(scenes, Path(folder))
        verdicts = judge_all(OracleVerifier("unscored"), images, texts, candidate.answer(images, texts))
    scored = np.array([one.outcome in VALID for one in verdicts], dtype=bool)
    known = [(text, one) for text, one in zip(texts, verdicts, strict=True) if one.outcome in VALID]
    failed = np.array([one.outcome == "failure" for _, one in known], dtype=bool)
    return [(text, str(one.reference)) for text, one in known], belongs[scored], failed


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


def curve_scores(modes: Sequence[tuple[int, Sequence[FailureMode]]], truth: Truth) -> tuple[Scores, Curve]:
    """Returns the calls to an explained mass of EXPLAINED, and the explained mass by calls.

    `modes`: pairs (calls, the failure modes discovered in the questions up to then), by calls.
    """
    curve = [(calls, truth.uniform.explained(of_calls)) for calls, of_calls in modes]
    return {"calls_to_explained": calls_to(EXPLAINED, curve)}, curve


def measuring_points(calls: int) -> list[int]:
    """Returns the numbers of calls at which explained mass is measured, up to and including `calls`."""
    return [*range(EVERY, min(calls, EARLY), EVERY), *range(EARLY, calls, LATER), calls]


def _read(text: str) -> Question:
    question = parse(text)
    assert question is not None, "the oracle ruled it valid"
    return question
