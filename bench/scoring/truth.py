"""The truth that a search is measured against: the slices in which a candidate is weak, found at any cost."""

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
MOST_SCENES = 60  # for each question that a slice wants: one that needs more is not listed

Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Sample:
    """Uniformly drawn valid questions, about images and in words, with their families and the slices that they fill.

    `belongs`: shape (questions, slices). Of each slice the first `size` questions are a uniform sample; those after
    them were kept for rarer slices and are none. `shares`: of each slice, of all questions.
    """

    images: list[Image]
    questions: list[str]
    families: list[str]
    slices: list[Slice]
    belongs: Mask
    shares: list[float]
    size: int

    def of_slice(self, slice_: int) -> npt.NDArray[np.intp]:
        """The places of that slice's questions."""
        return np.flatnonzero(self.belongs[:, slice_])[: self.size]


class Membership:
    """Which slices a question is in."""

    def __init__(self, slices: Sequence[Slice]) -> None:
        self._slices: dict[str, list[tuple[int, Gap]]] = defaultdict(list)
        for place, slice_ in enumerate(slices):
            self._slices[slice_.family].append((place, Gap(slice_.condition)))

    def __call__(self, question: Question, scene: Scene) -> list[int]:
        """The places of the slices."""
        facts = facts_of(rule_question(question, scene), scene)
        near = self._slices[question.family] + self._slices[ANY]
        return [place for place, gap in near if gap.holds(facts)]


def draw_sample(folder: Path, size: int = PER_SLICE, seed: int = 0, gaps: Sequence[str] = ()) -> Sample:
    """Draws questions until each slice has `size` of them; pictures go to `folder`.

    Scenes and families are drawn uniformly. What no slice wants any more is left out, and so is a slice that would
    need over MOST_SCENES × `size` scenes to be filled. `gaps`: planted ones, each a slice too. Nothing else of the
    candidate matters.
    """
    filling, rng = _Filling([*all_slices(), *(Slice(gap, ANY, gap) for gap in gaps)], size), random.Random(seed)
    for _ in range(MOST_SCENES * size):
        if not any(filling.wanting.values()):
            break
        filling.ask_about(random_scene(rng), rng)
    return filling.sample(folder)


class _Filling:
    """Slices while questions are put into them. `wanting`: how many of each family are not full yet."""

    def __init__(self, slices: Sequence[Slice], size: int) -> None:
        self._slices, self._size, self._member = slices, size, Membership(slices)
        self._counts, self._full_at, self._drawn = [0] * len(slices), [0] * len(slices), 0
        self._scenes: list[Scene] = []
        self._rows: list[tuple[int, str, str, list[int]]] = []  # place of the scene, family, question, its slices
        self.wanting = Counter(slice_.family for slice_ in slices)

    def ask_about(self, scene: Scene, rng: random.Random) -> None:
        """One question of each family, as far as somebody wants them."""
        self._drawn += 1
        rows = len(self._rows)
        for family in FAMILIES:
            if self.wanting[family] or self.wanting[ANY]:
                question = draw_question(scene, family, rng)
                if question is not None:
                    self._add(family, ask(question, rng), self._member(question, scene))
        if len(self._rows) > rows:
            self._scenes.append(scene)

    def _add(self, family: str, question: str, places: list[int]) -> None:
        if any(self._counts[place] < self._size for place in places):
            self._rows.append((len(self._scenes), family, question, places))
        for place in places:
            self._counts[place] += 1
            if self._counts[place] == self._size:
                self._full_at[place] = self._drawn
                self.wanting[self._slices[place].family] -= 1

    def sample(self, folder: Path) -> Sample:
        """The sample so far, with the slices that are full; slices that hold the same questions are listed once."""
        belongs = np.zeros((len(self._rows), len(self._slices)), dtype=bool)
        for row, (*_, places) in enumerate(self._rows):
            belongs[row, places] = True
        filled = np.flatnonzero(self._full_at)
        full = filled[np.sort(np.unique(belongs[:, filled], axis=1, return_index=True)[1])].tolist()
        pictures = pictures_of(self._scenes, folder)
        return Sample(
            images=[pictures[scene] for scene, *_ in self._rows],
            questions=[question for _, _, question, _ in self._rows],
            families=[family for _, family, *_ in self._rows],
            slices=[self._slices[place] for place in full],
            belongs=belongs[:, full],
            shares=[self._size / (self._full_at[place] * len(FAMILIES)) for place in full],
            size=self._size,
        )


def uniform_questions(slices: Sequence[Slice], count: int, seed: int) -> tuple[list[Scene], list[str], Mask]:
    """Scenes and texts of `count` uniformly drawn valid questions, and which slices they are in: (count, slices).

    For matching: another seed than that of the weak slices makes it independent of them.
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
    """How the candidate does in every slice, in the sample's order, judged by the oracle; errors are in no rate.

    A slice is weak where its error_rate lies above THRESHOLD (one-sided binomial, Benjamini-Hochberg over all slices),
    and does so in each of the families that it spans: else those that are weak have slices of their own to say so.
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
    """Whether error_rate is above THRESHOLD in each family of the questions that could be judged."""
    asked = places[judged[places]]
    families = np.array(sample.families)[asked]
    return all(failed[asked[families == family]].mean() > THRESHOLD for family in set(families))


def _counting(sample: Sample, judged: Mask, failed: Mask, weak: Mask) -> list[int]:
    """Of the weak slices those that are weaknesses of their own, the one with the most evidence first.

    Slices overlap, so one weakness makes many of them weak: where counts of 4 or more fail, so do, less often, those
    of 3 or more. The evidence of a slice is how much better its error_rate explains its questions than THRESHOLD does
    (the divergence of the two, in nats, times the slice's share of all questions): the slice that fits a weakness best
    has the most of it, for a wider one adds questions that go well and a narrower one leaves out some that fail. So
    the slice with the most evidence counts, the questions in it are set aside, and again, as long as there is a slice
    of which over LEFT is left, as a mode needs, and that is weak in what is left (one-sided binomial at LEVEL,
    Bonferroni over the weak slices, each of which is a chance to be weak by chance).
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
            evidence = part * float(rel_entr(rate, THRESHOLD) + rel_entr(1 - rate, 1 - THRESHOLD))
            if evidence > most:
                best, most = slice_, evidence
        if best is None:
            return found
        found.append(best)
        left &= ~sample.belongs[:, best]
