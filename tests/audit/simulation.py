"""Simulates harvests, judges and audits to measure how often the corrected intervals contain the truth.

`python -m tests.audit.simulation` prints the tables of docs/log.md.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from blindspot.audit.correction import RATES, Counts, Shares, columns, corrected
from blindspot.records.verdict import OUTCOMES

Numbers = npt.NDArray[np.int64]


@dataclass(frozen=True)
class World:
    """A questioner and a judge: the true share of each outcome, and how the judge rates each of them (4 × 4)."""

    truth: Shares
    judge: Shares

    def rate(self, name: str) -> float:
        """Returns the true rate."""
        part, whole = (self.truth[columns(outcomes)].sum() for outcomes in RATES[name])
        return float(part / whole)

    def harvest(
        self, size: int, audited: int, rng: np.random.Generator, images: int | None = None, alike: float = 0.0
    ) -> tuple[Counts, Counts]:
        """Returns the counts that `corrected` takes, of `size` rollouts of which a random sample is audited.

        `images`: each rollout is about one of them, drawn at random; None: about an image of its own. `alike`: the
        probability of a rollout to have the outcomes of its image, by auditor and judge, in place of its own.
        """
        cells = (self.truth[:, None] * self.judge).ravel()
        about = np.arange(size) if images is None else rng.integers(images, size=size)
        of_image, own = rng.choice(16, size=size, p=cells), rng.choice(16, size=size, p=cells)
        outcomes = np.where(rng.random(size) < alike, of_image[about], own)
        return tabled(about, outcomes % 4, outcomes // 4, audited)


def tabled(about: Numbers, judged: Numbers, true: Numbers, audited: int) -> tuple[Counts, Counts]:
    """Returns the counts that `corrected` takes. The first `audited` rollouts are audited. `about`: of which image."""
    said, both = np.zeros((about.max() + 1, 4), np.int64), np.zeros((about.max() + 1, 4, 4), np.int64)
    np.add.at(said, (about, judged), 1)
    np.add.at(both, (about[:audited], judged[:audited], true[:audited]), 1)
    return said, both


def one_each(judged: Numbers, audited: Numbers) -> tuple[Counts, Counts]:
    """Returns the counts that `corrected` takes, with each rollout about an image of its own.

    `judged` (4), `audited` (4 × 4): the counts over all images.
    """
    said, true = np.nonzero(np.ones((4, 4)))
    times = audited.ravel()
    rest = np.repeat(np.arange(4), judged - audited.sum(axis=1))
    by_judge = np.concatenate([np.repeat(said, times), rest])
    by_auditor = np.concatenate([np.repeat(true, times), np.zeros_like(rest)])
    return tabled(np.arange(len(by_judge)), by_judge, by_auditor, int(times.sum()))


@dataclass(frozen=True)
class Clusters:
    """A harvest of `times` the audit, with `per_image` rollouts about an image on average.

    `alike`: as in `World.harvest`; the outcomes of two rollouts about an image are correlated by its square.
    `ignored`: whether the intervals ignore the images.
    """

    times: int
    per_image: float
    alike: float
    ignored: bool = False


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
    worlds: int,
    seed: int,
    size: Callable[[np.random.Generator], int],
    ranges: Ranges = ANY,
    clusters: Clusters | None = None,
) -> dict[str, tuple[float, float]]:
    """Returns, for each rate, the share of intervals that contain the truth, and their mean width.

    `size`: draws the size of an audit. `clusters`: how rollouts are about the same images; None: each has its own.
    """
    rng = np.random.default_rng(seed)
    found: dict[str, list[tuple[bool, float]]] = {name: [] for name in RATES}
    for _ in range(worlds):
        world, audited = draw_world(rng, ranges), size(rng)
        asked = int(rng.integers(3 * audited, 12 * audited + 1)) if clusters is None else clusters.times * audited
        images = None if clusters is None else round(asked / clusters.per_image)
        judged, both = world.harvest(asked, audited, rng, images, 0.0 if clusters is None else clusters.alike)
        if clusters and clusters.ignored:
            judged, both = one_each(judged.sum(axis=0), both.sum(axis=0))
        for name, estimate in corrected(judged, both).items():
            contained = estimate.low <= world.rate(name) <= estimate.high
            found[name].append((contained, estimate.high - estimate.low))
    means = {name: np.mean(pairs, axis=0) for name, pairs in found.items()}
    return {name: (float(contained), float(width)) for name, (contained, width) in means.items()}


def always(size: int) -> Callable[[np.random.Generator], int]:
    """Returns what draws this size each time."""
    return lambda _: size


def main(worlds: int = 2000) -> None:
    """Prints coverage (and mean width) by audit size, and for extreme rates and judges."""
    for audited in (10, 20, 50, 100, 200, 500):
        _print(f"{audited} audited", coverage(worlds, 1, always(audited)))
    for name, ranges in EDGES.items():
        for audited in (50, 200):
            _print(f"{name}, {audited} audited", coverage(worlds, 2, always(audited), ranges))
    _print_clusters(worlds // 2)


def _print_clusters(worlds: int) -> None:
    """Prints coverage where rollouts are about the same images, with intervals that account for it or ignore it."""
    for audited, name in (
        (10, "any"),
        (30, "any"),
        (100, "any"),
        (30, "nearly all wrong"),
        (30, "judge nearly exact"),
    ):
        for per_image, alike in ((1.3, 0.7), (4, 0.7), (8, 0.9)):
            clusters = Clusters(4, per_image, alike)
            for counted in (clusters, replace(clusters, ignored=True)):
                said = "ignored" if counted.ignored else "counted"
                title = f"{name}, {audited} audited, {per_image} per image, alike {alike}, images {said}"
                ranges = EDGES.get(name, ANY)
                _print(title, coverage(worlds, 3, always(audited), ranges, counted))


def _print(title: str, found: dict[str, tuple[float, float]]) -> None:
    print(
        f"| {title} |",
        " | ".join(f"{contained:.3f} ({width:.3f})" for contained, width in found.values()),
        "|",
        flush=True,
    )


if __name__ == "__main__":
    main()
