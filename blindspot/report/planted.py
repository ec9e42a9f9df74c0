"""Compares the failure modes of a run with the weaknesses of its candidate, if they are planted."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from blindspot.metrics import Mask
from blindspot.models.description import Planted
from blindspot.questioner.templates import TemplateQuestioner
from blindspot.records.failure_mode import FailureMode, in_report_order
from blindspot.records.image import Image
from blindspot.report.modes import Part, page_name
from blindspot.report.rates import Rate, rate
from blindspot.scenes.gaps import Gap, holding
from blindspot.scenes.oracle import rule
from blindspot.scenes.planted import PlantedCandidate
from blindspot.scenes.stored import scene_of
from blindspot.taxonomy.modes.coverage import COVERED, coverage
from blindspot.taxonomy.reading.question_features import all_features

QUESTIONS = 5000  # uniformly drawn; their answers cost nothing
Status = Literal["found", "not confirmed", "missed", "too rare"]
#: What `rule` and the candidate need; the run would have ended before without it.
_NO_SCENE = ("its questions have no known answer", "set prepare.source: scenes or marks")


@dataclass(frozen=True)
class Weakness:
    """A planted weakness, as the candidate's file writes it.

    `rate`: its error rate. `covered`: the share of its failures in `modes`, the modes of this weakness: the confirmed
    ones if they find it, else all discovered ones. `status`: "too rare" if no uniformly drawn question failed in it.
    """

    gap: str
    rate: Rate
    status: Status
    covered: float | None
    modes: tuple[Part, ...]


@dataclass(frozen=True)
class PlantedTruth:
    """The planted weaknesses, on `asked` uniformly drawn questions. `others`: confirmed modes that match none."""

    weaknesses: tuple[Weakness, ...]
    others: tuple[Part, ...]
    asked: int

    @property
    def found(self) -> int:
        """The number of weaknesses that confirmed modes cover."""
        return sum(one.status == "found" for one in self.weaknesses)

    def sentence(self) -> str:
        """Returns one sentence for people."""
        missed = [one.gap for one in self.weaknesses if one.status in ("not confirmed", "missed")]
        rest = f"; not found: {', '.join(missed)}" if missed else ""
        count = len(self.others)
        outside = f"; {count} confirmed mode{'s' * (count != 1)} outside of them" if count else ""
        return f"{self.found} of {len(self.weaknesses)} planted weaknesses found{rest}{outside}"

    def figures(self) -> dict[str, Any]:
        """Returns the figures for metrics/summary.json."""
        counts = {"weaknesses": len(self.weaknesses), "found": self.found, "other_modes": len(self.others)}
        return counts | {"sentence": self.sentence()}


def planted_truth(
    described: Planted, modes: Sequence[FailureMode], images: Sequence[Image], shown: Collection[str], seed: int
) -> PlantedTruth:
    """Returns what a run found of the weaknesses of its candidate.

    Uniformly drawn questions about the `images` are asked: the candidate answers them by rules. `modes`: all
    discovered ones. `shown`: the ids of those that have a page.
    """
    gaps, ordered = [Gap(text) for text in described.gaps], in_report_order(modes)
    inside, failed, features = _ask(described, gaps, images, seed)
    names = [one for one, wrong in zip(features, failed, strict=True) if wrong]
    within = np.array([[mode.contains(one) for mode in ordered] for one in names], dtype=bool)
    found = _Found(within.reshape(len(names), len(ordered)), inside[failed], ordered, {*shown})
    rates = [rate(int(failed[one].sum()), int(one.sum())) for one in inside.T]
    return PlantedTruth(
        tuple(found.weakness(place, gap, one) for place, (gap, one) in enumerate(zip(gaps, rates, strict=True))),
        found.others(),
        len(failed),
    )


class _Found:
    """Compares modes with weaknesses. `within`, `inside`: which failure is in which mode, and in which weakness."""

    def __init__(self, within: Mask, inside: Mask, modes: Sequence[FailureMode], shown: set[str]) -> None:
        confirmed = np.array([mode.status == "confirmed" for mode in modes], dtype=bool)
        self._modes, self._shown, self._confirmed = modes, shown, confirmed
        self._all, self._tested = coverage(within, inside), coverage(within & confirmed, inside)

    def weakness(self, place: int, gap: Gap, error_rate: Rate) -> Weakness:
        """Returns one weakness."""
        tested, discovered = self._tested.covered[place], self._all.covered[place]
        if tested is None or discovered is None:
            return Weakness(gap.text, error_rate, "too rare", None, ())
        if tested >= COVERED or not discovered:
            status: Status = "found" if tested >= COVERED else "missed"
            return Weakness(gap.text, error_rate, status, tested, self._parts(self._tested.of(place)))
        status = "not confirmed" if discovered >= COVERED else "missed"
        return Weakness(gap.text, error_rate, status, discovered, self._parts(self._all.of(place)))

    def others(self) -> tuple[Part, ...]:
        """Returns the confirmed modes that match no weakness."""
        return self._parts(self._tested.others())

    def _parts(self, places: Sequence[int]) -> tuple[Part, ...]:
        modes = [self._modes[place] for place in places]
        return tuple(Part(one.name, page_name(one.mode_id) if one.mode_id in self._shown else None) for one in modes)


def _ask(
    described: Planted, gaps: Sequence[Gap], images: Sequence[Image], seed: int
) -> tuple[Mask, Mask, list[frozenset[str]]]:
    """Returns which of QUESTIONS uniformly drawn questions is in which gap, which one fails, and their features."""
    candidate = PlantedCandidate(described.gaps, described.mistakes, described.seed, described.rate)
    used = [images[place % len(images)] for place in range(QUESTIONS)]
    asked = TemplateQuestioner().ask(used, seed)
    answers = candidate.answer(used, [one.question for one in asked])
    scenes = [scene_of(image, *_NO_SCENE) for image in used]
    rulings = [rule(one.question, scene) for one, scene in zip(asked, scenes, strict=True)]
    inside = np.array([holding(gaps, *pair) for pair in zip(rulings, scenes, strict=True)], dtype=bool)
    failed = np.array([said.text != ruling.answer for said, ruling in zip(answers, rulings, strict=True)], dtype=bool)
    features = [all_features(one.question, one.answer) for one in asked]
    return inside.reshape(QUESTIONS, len(gaps)), failed, features
