"""Rates corrected for the judge's mistakes: prediction-powered inference.

The judge's outcomes of all rollouts say how often it gives each; the audited part says what each of them is worth. So
P(truth) = Σ P(judge says so) · P(truth | judge says so), each factor with a Dirichlet posterior: the chain-rule
estimate of Bayesian prediction-powered inference (Hofer et al. 2024, arXiv 2405.06034), which with a discrete judge
uses it as well as the power-tuned estimate of PPI++ (Angelopoulos et al. 2023, arXiv 2311.01453) and keeps its
coverage where few are audited, few or no mistakes are seen among them, or a rate is near 0 or 1 (docs/log.md).
"""

from typing import Any

import numpy as np
import numpy.typing as npt

from blindspot.records.estimate import Estimate
from blindspot.records.verdict import OUTCOMES, Outcome

Counts = npt.NDArray[np.int64]
Shares = npt.NDArray[np.float64]

#: Of each rate, the outcomes in its numerator and in its denominator.
RATES: dict[str, tuple[tuple[Outcome, ...], tuple[Outcome, ...]]] = {
    "failure_rate": (("failure",), ("failure", "correct", "invalid")),
    "valid_rate": (("failure", "correct"), ("failure", "correct", "invalid")),
    "error_rate": (("failure",), ("failure", "correct")),
}
DRAWS = 4000
SEED = 0  # fixed, so that the same counts give the same interval
TAILS = (0.025, 0.975)


def corrected(judged: Counts, audited: Counts) -> dict[str, Estimate]:
    """Each rate with its 95 % interval, for what the questioner asks (not only what it happened to ask).

    `judged` (4): how many of all rollouts the judge gave each of OUTCOMES. `audited` (4 × 4): how many of the audited
    it gave each (rows) while the auditor gave each (columns). The audited must be a random part of all. An interval
    reaches 0 or 1 where none of the audited speaks against that.
    """
    rng = np.random.default_rng(SEED)
    said = _draw(judged, rng)
    truth = np.einsum("dj,djt->dt", said, _draw(audited, rng))
    return {name: _estimate(truth, audited.sum(axis=0), *RATES[name]) for name in RATES}


def columns(outcomes: tuple[Outcome, ...]) -> list[int]:
    """Where these stand in a row of counts."""
    return [OUTCOMES.index(outcome) for outcome in outcomes]


def bounds(draws: npt.NDArray[Any]) -> tuple[float, float]:
    """The 95 % interval of a posterior's draws, equal tails."""
    low, high = np.quantile(draws, TAILS)
    return float(low), float(high)


def _draw(counts: Counts, rng: np.random.Generator) -> Shares:
    """Draws of the shares along the last axis; the prior is worth one observation, spread evenly."""
    drawn = rng.standard_gamma(np.broadcast_to(counts + 1 / counts.shape[-1], (DRAWS, *counts.shape)))
    shares: Shares = drawn / drawn.sum(axis=-1, keepdims=True)
    return shares


def _estimate(truth: Shares, seen: Counts, part: tuple[Outcome, ...], whole: tuple[Outcome, ...]) -> Estimate:
    rates = truth[:, columns(part)].sum(axis=1) / truth[:, columns(whole)].sum(axis=1)
    low, high = bounds(rates)
    for_it, of_all = seen[columns(part)].sum(), seen[columns(whole)].sum()
    return Estimate(float(rates.mean()), 0.0 if for_it == 0 else low, 1.0 if for_it == of_all else high)
