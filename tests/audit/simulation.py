"""Simulates harvests, judges and audits to measure how often the corrected intervals contain the truth.

`python -m tests.audit.simulation` prints the tables of docs/log.md.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from blindspot.audit.correction import RATES, Counts, Shares, columns, corrected
from blindspot.records.verdict import OUTCOMES


@dataclass(frozen=True)
class World:
    """A questioner and a judge: the true share of each outcome, and how the judge rates each of them (4 × 4)."""

    truth: Shares
    judge: Shares

    def rate(self, name: str) -> float:
        """Returns the true rate."""
        part, whole = (self.truth[columns(outcomes)].sum() for outcomes in RATES[name])
        return float(part / whole)

    def harvest(self, size: int, audited: int, rng: np.random.Generator) -> tuple[Counts, Counts]:
        """Returns the judge's counts of `size` rollouts, and the counts of a random sample by judge and auditor."""
        cells = rng.multinomial(size, (self.truth[:, None] * self.judge).ravel())
        part = rng.multivariate_hypergeometric(cells, audited).reshape(4, 4)
        return cells.reshape(4, 4).sum(axis=0), part.T


Ranges = dict[str, tuple[float, float]]
#: Ranges of the parameters of a world, drawn uniformly: true rates, and how often the judge is right.
ANY: Ranges = {
    "valid": (0.6, 1.0),
    "wrong": (0.03, 0.8),
    "unsure": (0, 0.02),
    "valid_seen": (0.85, 0.99),
    "invalid_seen": (0.5, 0.95),
    "failure_seen": (0.6, 0.99),
    "correct_seen": (0.7, 0.99),
    "judge_errors": (0, 0.02),
}
EDGES: dict[str, Ranges] = {
    "failures rare": ANY | {"wrong": (0.002, 0.03)},
    "nearly all wrong": ANY | {"wrong": (0.97, 0.998)},
    "nearly all valid": ANY | {"valid": (0.97, 0.999)},
    "judge nearly exact": ANY
    | dict.fromkeys(("valid_seen", "invalid_seen", "failure_seen", "correct_seen"), (0.97, 1)),
    "judge by chance": ANY | {"failure_seen": (0.5, 0.5), "correct_seen": (0.5, 0.5)},
}


def draw_world(rng: np.random.Generator, ranges: Ranges = ANY) -> World:
    """Returns a random questioner and judge."""
    at = {name: rng.uniform(low, high) for name, (low, high) in ranges.items()}
    valid, known = at["valid"], 1 - at["unsure"]
    truth = np.array(
        [valid * at["wrong"] * known, valid * (1 - at["wrong"]) * known, (1 - valid) * known, at["unsure"]]
    )
    seen, missed = at["valid_seen"], 1 - at["invalid_seen"]
    said = np.array(
        [
            [seen * at["failure_seen"], seen * (1 - at["failure_seen"]), 1 - seen],
            [seen * (1 - at["correct_seen"]), seen * at["correct_seen"], 1 - seen],
            [missed / 2, missed / 2, 1 - missed],
            [0.4, 0.4, 0.2],
        ]
    )
    errors = at["judge_errors"]
    return World(truth, np.hstack([said * (1 - errors), np.full((len(OUTCOMES), 1), errors)]))


def coverage(
    worlds: int, seed: int, size: Callable[[np.random.Generator], int], ranges: Ranges = ANY
) -> dict[str, tuple[float, float]]:
    """Returns, for each rate, the share of intervals that contain the truth, and their mean width.

    `size`: draws the size of an audit.
    """
    rng = np.random.default_rng(seed)
    found: dict[str, list[tuple[bool, float]]] = {name: [] for name in RATES}
    for _ in range(worlds):
        world, audited = draw_world(rng, ranges), size(rng)
        counts = world.harvest(int(rng.integers(3 * audited, 12 * audited + 1)), audited, rng)
        for name, estimate in corrected(*counts).items():
            contained = estimate.low <= world.rate(name) <= estimate.high
            found[name].append((contained, estimate.high - estimate.low))
    means = {name: np.mean(pairs, axis=0) for name, pairs in found.items()}
    return {name: (float(contained), float(width)) for name, (contained, width) in means.items()}


def main(worlds: int = 2000) -> None:
    """Prints coverage (and mean width) by audit size, and for extreme rates and judges."""
    for audited in (10, 20, 50, 100, 200, 500):
        _print(f"{audited} audited", coverage(worlds, 1, lambda _, n=audited: n))
    for name, ranges in EDGES.items():
        for audited in (50, 200):
            _print(f"{name}, {audited} audited", coverage(worlds, 2, lambda _, n=audited: n, ranges))


def _print(title: str, found: dict[str, tuple[float, float]]) -> None:
    print(
        f"| {title} |",
        " | ".join(f"{contained:.3f} ({width:.3f})" for contained, width in found.values()),
        "|",
        flush=True,
    )


if __name__ == "__main__":
    main()
