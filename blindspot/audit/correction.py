"""Corrects rates for the judge's errors, by prediction-powered inference.

All rollouts show how often the judge gives each outcome; the audited rollouts show which true outcomes these have. So
P(truth) = Σ P(judge's outcome) · P(truth | judge's outcome), and each factor has a Dirichlet posterior. This is the
chain-rule estimate of Bayesian prediction-powered inference (Hofer et al. 2024, arXiv 2405.06034). With a discrete
judge, it is as efficient as the power-tuned estimate of PPI++ (Angelopoulos et al. 2023, arXiv 2311.01453), and it
keeps its coverage if few rollouts are audited, if few or none of them show errors, or if a rate is near 0 or 1
(docs/log.md).

Rollouts about one image are correlated. Therefore images get random weights, not rollouts (the Bayesian bootstrap of
Rubin 1981, with images as units). With one rollout per image, this is the Dirichlet posterior.
"""

from typing import Any

import numpy as np
import numpy.typing as npt

from blindspot.records.estimate import Estimate
from blindspot.records.verdict import OUTCOMES, Outcome

Counts = npt.NDArray[np.int64]
Shares = npt.NDArray[np.float64]

#: The outcomes in the numerator and in the denominator of each rate.
RATES: dict[str, tuple[tuple[Outcome, ...], tuple[Outcome, ...]]] = {
    "failure_rate": (("failure",), ("failure", "correct", "invalid")),
    "valid_rate": (("failure", "correct"), ("failure", "correct", "invalid")),
    "error_rate": (("failure",), ("failure", "correct")),
}
DRAWS = 4000
SEED = 0  # fixed, so that equal counts give equal intervals
TAILS = (0.025, 0.975)


def corrected(judged: Counts, audited: Counts) -> dict[str, Estimate]:
    """Returns each rate with its 95 % interval.

    The interval is for the questioner's distribution of questions, not only for the questions that it happened to ask.
    `judged` (images × 4): the number of rollouts about each image with each of OUTCOMES according to the judge.
    `audited` (images × 4 × 4): the number of audited rollouts by the judge's outcome (rows) and the auditor's
    (columns). The audited rollouts must be a random sample of all. An interval includes 0 or 1 if no audited rollout
    contradicts that.
    """
    rng, kinds = np.random.default_rng(SEED), len(OUTCOMES)
    counts = np.hstack([judged, audited.reshape(len(judged), kinds * kinds)])
    alike, times = np.unique(counts, axis=0, return_counts=True)
    drawn = rng.standard_gamma(times, (DRAWS, len(times))) @ alike  # the sum of n weights of images: Gamma(n)
    said = _shares(drawn[:, :kinds], _size(judged), rng)
    true = _shares(drawn[:, kinds:].reshape(DRAWS, kinds, kinds), _size(audited), rng)
    truth = np.einsum("dj,djt->dt", said, true)
    return {name: _estimate(truth, audited.sum(axis=(0, 1)), *RATES[name]) for name in RATES}


def columns(outcomes: tuple[Outcome, ...]) -> list[int]:
    """Returns the indices of the outcomes in OUTCOMES."""
    return [OUTCOMES.index(outcome) for outcome in outcomes]


def bounds(draws: npt.NDArray[Any]) -> tuple[float, float]:
    """Returns the equal-tailed 95 % interval of posterior draws."""
    low, high = np.quantile(draws, TAILS)
    return float(low), float(high)


def _shares(drawn: Shares, size: float, rng: np.random.Generator) -> Shares:
    """Returns posterior draws of the shares along the last axis; the uniform prior is worth `size` rollouts."""
    whole = drawn + size * rng.standard_gamma(1 / drawn.shape[-1], drawn.shape)
    shares: Shares = whole / whole.sum(axis=-1, keepdims=True)
    return shares


def _size(counts: Counts) -> float:
    """Returns the number of rollouts about the image of an average rollout, at least 1: the prior's weight."""
    per_image = counts.sum(axis=tuple(range(1, counts.ndim)))
    return float((per_image**2).sum() / max(per_image.sum(), 1)) or 1.0


def _estimate(truth: Shares, seen: Counts, part: tuple[Outcome, ...], whole: tuple[Outcome, ...]) -> Estimate:
    rates = truth[:, columns(part)].sum(axis=1) / truth[:, columns(whole)].sum(axis=1)
    low, high = bounds(rates)
    for_it, of_all = seen[columns(part)].sum(), seen[columns(whole)].sum()
    return Estimate(float(rates.mean()), 0.0 if for_it == 0 else low, 1.0 if for_it == of_all else high)
