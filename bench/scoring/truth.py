"""Finds the truth that a search is compared with: the slices in which a candidate is weak, at any cost in calls."""

import random
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from bench.scoring.slice_rate import SliceRate
from bench.scoring.slices import ANY, Slice, all_slices
from blindspot.judges.judging import judge_all
from blindspot.judges.oracle import OracleVerifier
from blindspot.metrics import interval, share
from blindspot.protocols import Candidate
from blindspot.records.image import Image
from blindspot.scenes.draw import pictures_of
from blindspot.scenes.gaps import Gap, facts_of
from blindspot.scenes.oracle import rule_question
from blindspot.scenes.question import FAMILIES, Question
from blindspot.scenes.scene import Scene, random_scene
from blindspot.scenes.templates import ask, draw_question
from blindspot.taxonomy.modes.search import LEFT

THRESHOLD = 0.25  # the error_rate above which a slice is weak
LEVEL = 0.05  # false discovery rate
PER_SLICE = 400  # questions
MOST_SCENES = 60  # scenes per question of a slice; a slice that needs more is not listed

Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Sample:
    """Uniformly drawn valid questions with their images, their families and their slices.

    `belongs`: which question is in which slice, shape (questions, slices). The first `size` questions of a slice are a
    uniform sample of it; the later ones were kept for rarer slices and are not. `shares`: the share of each slice
    among all questions.
    """

    images: list[Image]
    questions: list[str]
    families: list[str]
    slices: list[Slice]
    belongs: Mask
    shares: list[float]
    size: int

    def of_slice(self, slice_: int) -> npt.NDArray[np.intp]:
        """Returns the indices of the uniform sample of a slice."""
        return np.flatnonzero(self.belongs[:, slice_])[: self.size]


class Membership:
    """Determines which slices a question is in."""

    def __init__(self, slices: Sequence[Slice]) -> None:
        self._slices: dict[str, list[tuple[int, Gap]]] = defaultdict(list)
        for index, slice_ in enumerate(slices):
            self._slices[slice_.family].append((index, Gap(slice_.condition)))

    def __call__(self, question: Question, scene: Scene) -> list[int]:
        """Returns the indices of the slices of a question."""
        facts = facts_of(rule_question(question, scene), scene)
        possible = self._slices[question.family] + self._slices[ANY]
        return [index for index, gap in possible if gap.holds(facts)]


def draw_sample(folder: Path, size: int = PER_SLICE, seed: int = 0, gaps: Sequence[str] = ()) -> Sample:
    """Draws questions until each slice has `size` of them. Writes the images to `folder`.

    Scenes and families are drawn uniformly. A question is left out if all of its slices are full. A slice is left out
    if it is not full after MOST_SCENES × `size` scenes. `gaps`: planted gaps, which are slices too. The sample depends
    on nothing else of the candidate.
    """
    sampler, rng = _Sampler([*all_slices(), *(Slice(gap, ANY, gap) for gap in gaps)], size), random.Random(seed)
    for _ in range(MOST_SCENES * size):
        if not any(sampler.open_slices.values()):
            break
        sampler.ask_about(random_scene(rng), rng)
    return sampler.sample(folder)


class _Sampler:
    """Fills slices with questions. `open_slices`: by family, the number of slices that are not full."""

    def __init__(self, slices: Sequence[Slice], size: int) -> None:
        self._slices, self._size, self._member = slices, size, Membership(slices)
        self._counts, self._full_at, self._drawn = [0] * len(slices), [0] * len(slices), 0
        self._scenes: list[Scene] = []
        self._rows: list[tuple[int, str, str, list[int]]] = []  # index of the scene, family, question, its slices
        self.open_slices = Counter(slice_.family for slice_ in slices)

    def ask_about(self, scene: Scene, rng: random.Random) -> None:
        """Draws one question of each family that still has open slices."""
        self._drawn += 1
        rows = len(self._rows)
        for family in FAMILIES:
            if self.open_slices[family] or self.open_slices[ANY]:
                question = draw_question(scene, family, rng)
                if question is not None:
                    self._add(family, ask(question, rng), self._member(question, scene))
        if len(self._rows) > rows:
            self._scenes.append(scene)

    def _add(self, family: str, question: str, slices: list[int]) -> None:
        if any(self._counts[index] < self._size for index in slices):
            self._rows.append((len(self._scenes), family, question, slices))
        for index in slices:
            self._counts[index] += 1
            if self._counts[index] == self._size:
                self._full_at[index] = self._drawn
                self.open_slices[self._slices[index].family] -= 1

    def sample(self, folder: Path) -> Sample:
        """Returns the questions and the full slices. Slices with the same questions are listed once."""
        belongs = np.zeros((len(self._rows), len(self._slices)), dtype=bool)
        for row, (*_, slices) in enumerate(self._rows):
            belongs[row, slices] = True
        filled = np.flatnonzero(self._full_at)
        full = filled[np.sort(np.unique(belongs[:, filled], axis=1, return_index=True)[1])].tolist()
        pictures = pictures_of(self._scenes, folder)
        return Sample(
            images=[pictures[scene] for scene, *_ in self._rows],
            questions=[question for _, _, question, _ in self._rows],
            families=[family for _, family, *_ in self._rows],
            slices=[self._slices[index] for index in full],
            belongs=belongs[:, full],
            shares=[self._size / (self._full_at[index] * len(FAMILIES)) for index in full],
            size=self._size,
        )


def uniform_questions(slices: Sequence[Slice], count: int, seed: int) -> tuple[list[Scene], list[str], Mask]:
    """Returns scenes and texts of `count` uniformly drawn valid questions, and their slices, shape (count, slices).

    For matching modes with slices, use another seed than for measuring the slices, so that both are independent.
    """
    member, rng, scenes, questions = Membership(slices), random.Random(seed), list[Scene](), list[str]()
    belongs = np.zeros((count, len(slices)), dtype=bool)
    while len(questions) < count:
        scene = random_scene(rng)
        question = draw_question(scene, rng.choice(FAMILIES), rng)
        if question is not None:
            belongs[len(questions), member(question, scene)] = True
            scenes.append(scene)
            questions.append(ask(question, rng))
    return scenes, questions, belongs


def measure_slices(candidate: Candidate, sample: Sample) -> list[SliceRate]:
    """Returns the candidate's rates in every slice, in the sample's order, judged by the oracle.

    Unscored questions are excluded. A slice is weak if its error_rate is above THRESHOLD (one-sided binomial test,
    Benjamini-Hochberg over all slices) in each of the families that it spans. If only some of the families are weak,
    they have weak slices of their own.
    """
    from scipy.stats import binom, false_discovery_control

    answers = candidate.answer(sample.images, sample.questions)
    verdicts = judge_all(OracleVerifier("unscored"), sample.images, sample.questions, answers)
    judged = np.array([verdict.outcome != "unscored" for verdict in verdicts])
    failed = np.array([verdict.outcome == "failure" for verdict in verdicts])
    rows = [sample.of_slice(slice_) for slice_ in range(len(sample.slices))]
    asked, failures = (np.array([mask[places].sum() for places in rows]) for mask in (judged, failed))
    q_values = false_discovery_control(binom.sf(failures - 1, asked, THRESHOLD), method="bh")
    weak = (q_values <= LEVEL) & [_throughout(sample, places, judged, failed) for places in rows]
    counting = _counting(sample, judged, failed, weak)
    measured = zip(asked.tolist(), failures.tolist(), q_values.tolist(), weak.tolist(), strict=True)
    return [_rate(sample, slice_, *found, slice_ in counting) for slice_, found in enumerate(measured)]


def _rate(
    sample: Sample, place: int, asked: int, failures: int, q_value: float, weak: bool, counts: bool
) -> SliceRate:
    slice_, (low, high) = sample.slices[place], interval(failures, asked)
    return SliceRate(
        name=slice_.name,
        family=slice_.family,
        condition=slice_.condition,
        share=sample.shares[place],
        asked=asked,
        failures=failures,
        error_rate=share(failures, asked),
        low=low,
        high=high,
        q_value=q_value,
        weak=weak,
        counts=counts,
    )


def _throughout(sample: Sample, places: npt.NDArray[np.intp], judged: Mask, failed: Mask) -> bool:
    """Returns whether error_rate is above THRESHOLD in each family of the judged questions."""
    asked = places[judged[places]]
    families = np.array(sample.families)[asked]
    return all(failed[asked[families == family]].mean() > THRESHOLD for family in set(families))


def _counting(sample: Sample, judged: Mask, failed: Mask, weak: Mask) -> list[int]:
    """Returns the indices of the weak slices that count as weaknesses of their own, by descending score.

    Slices overlap, so one weakness makes many of them weak: if counts of 4 or more fail, counts of 3 or more fail too,
    less often. The score of a slice is how much better its error_rate explains its questions than THRESHOLD: the
    divergence of the two, in nats, times the slice's share of all questions. The slice that fits a weakness best has
    the highest score: a wider one adds correct answers, a narrower one misses failures. Repeats three steps: the slice
    with the highest score counts; its questions are set aside; the others are scored on the remaining questions. A
    slice is considered only while more than LEFT of it remains, as for a failure mode, and while it is weak in what
    remains (one-sided binomial test at LEVEL, Bonferroni over the weak slices).
    """
    from scipy.special import rel_entr
    from scipy.stats import binom

    rows = {slice_: sample.of_slice(slice_) for slice_ in np.flatnonzero(weak).tolist()}
    left, found = np.ones(len(judged), dtype=bool), list[int]()
    while True:
        best, most = None, 0.0
        for slice_, places in rows.items():
            rest = places[left[places]]
            asked, wrong = judged[rest].sum(), failed[rest].sum()
            if len(rest) <= len(places) * LEFT or binom.sf(wrong - 1, asked, THRESHOLD) > LEVEL / len(rows):
                continue
            rate, part = wrong / asked, sample.shares[slice_] * asked / len(places)
            score = part * float(rel_entr(rate, THRESHOLD) + rel_entr(1 - rate, 1 - THRESHOLD))
            if score > most:
                best, most = slice_, score
        if best is None:
            return found
        found.append(best)
        left &= ~sample.belongs[:, best]
