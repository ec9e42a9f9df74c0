"""Compares failure modes with the truth: the outcomes of many uniformly drawn questions."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np

from blindspot.metrics import Mask, share
from blindspot.records.failure_mode import FailureMode

Scores = dict[str, float | None]


@dataclass(frozen=True)
class Uniform:
    """Uniformly drawn valid questions: their features, and whether the candidate fails.

    `failed`: which question it fails. `weak`: which question is in a true weakness of it. Shape: (questions).
    """

    features: Sequence[frozenset[str]]
    failed: Mask
    weak: Mask
    _known: dict[tuple[str, ...], Mask] = field(default_factory=dict, repr=False)

    def inside(self, mode: FailureMode) -> Mask:
        """Returns which questions a mode contains."""
        if mode.features not in self._known:
            self._known[mode.features] = np.array([mode.contains(has) for has in self.features], dtype=bool)
        return self._known[mode.features]

    def covered(self, modes: Iterable[FailureMode]) -> Mask:
        """Returns which questions are in any of the modes."""
        found: Mask = np.zeros(len(self.failed), dtype=bool)
        for mode in modes:
            found = found | self.inside(mode)
        return found

    def explained(self, modes: Iterable[FailureMode]) -> float | None:
        """Returns the explained mass: the share of the failures in true weaknesses that are in modes."""
        failures = self.failed & self.weak
        return share(int((failures & self.covered(modes)).sum()), int(failures.sum()))

    def excess(self, inside: Mask, threshold: float) -> float:
        """Returns Σ (failed − threshold) over the questions `inside`, per 100 of all questions."""
        return float(100 * (self.failed[inside] - threshold).sum() / max(len(self.failed), 1))


@dataclass(frozen=True)
class ModeRate:
    """The reference rate of a mode with its 95 % interval, and its error rate on the uniform questions."""

    name: str
    status: str
    asked: int
    reference: float
    low: float
    high: float
    uniform: float


def mode_rate(mode: FailureMode, uniform: float) -> ModeRate:
    """Returns the rates of a tested mode. `uniform`: its error rate on uniform questions."""
    name = " + ".join(mode.features)
    return ModeRate(name, str(mode.status), mode.asked, mode.error_rate, mode.low, mode.high, uniform)


def mode_rates(modes: Sequence[FailureMode], truth: Uniform) -> list[ModeRate]:
    """Returns the rates of each tested mode; a mode without a question or without a uniform question is left out."""
    return [
        mode_rate(mode, float(truth.failed[truth.inside(mode)].mean()))
        for mode in modes
        if mode.asked and truth.inside(mode).any()
    ]


def rate_scores(rates: Sequence[ModeRate], threshold: float) -> Scores:
    """Returns how far reference rates agree with uniform rates; a value is None without a mode.

    `bias`: the mean of reference rate − uniform rate. `coverage`: the share of the 95 % intervals that contain the
    uniform rate. `width`: their mean width. `true_modes`: the share of the confirmed modes with a uniform rate above
    the threshold.
    """
    confirmed = [rate for rate in rates if rate.status == "confirmed"]
    return {
        "bias": _mean([rate.reference - rate.uniform for rate in rates]),
        "coverage": _mean([rate.low <= rate.uniform <= rate.high for rate in rates]),
        "width": _mean([rate.high - rate.low for rate in rates]),
        "true_modes": _mean([rate.uniform > threshold for rate in confirmed]),
    }


def mass_scores(modes: Sequence[FailureMode], truth: Uniform, threshold: float) -> Scores:
    """Returns how much of the candidate's weakness the modes contain.

    `discovered`, `confirmed`: numbers of modes. `explained_mass`: of the confirmed modes; `explained_mass_discovered`:
    of all. Of the confirmed modes together: `mass`, the share of the uniform questions in them; `purity`, the error
    rate there; `excess`; and `excess_ratio`, excess ÷ that of the weak questions (`weak_excess`).
    """
    confirmed = [mode for mode in modes if mode.status == "confirmed"]
    inside = truth.covered(confirmed)
    excess, of_weak = truth.excess(inside, threshold), truth.excess(truth.weak, threshold)
    return {
        "discovered": len(modes),
        "confirmed": len(confirmed),
        "explained_mass": truth.explained(confirmed),
        "explained_mass_discovered": truth.explained(modes),
        "mass": float(inside.mean()),
        "purity": float(truth.failed[inside].mean()) if inside.any() else None,
        "excess": excess,
        "weak_excess": of_weak,
        "excess_ratio": excess / of_weak if of_weak > 0 else None,
    }


def _mean(values: Sequence[float]) -> float | None:
    return float(np.mean(values)) if values else None
