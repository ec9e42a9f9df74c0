"""How good a search is, measured against the truth: pure functions."""

import math
from collections import Counter
from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

from blindspot.metrics import share

MATCHED = 0.5  # the Jaccard index from which a mode and a slice are the same
Mask = npt.NDArray[np.bool_]


def matches(modes: Sequence[Mask], slices: Sequence[Mask]) -> list[tuple[int, int]]:
    """Which mode is which slice: places of pairs whose Jaccard index is at least MATCHED, each in one pair at most.

    Each mode and slice is given by the questions of one uniform sample that lie in it. As many pairs as there can be;
    of as many, those that agree best.
    """
    from scipy.optimize import linear_sum_assignment

    if not modes or not slices:
        return []
    index = np.array([[jaccard(mode, slice_) for slice_ in slices] for mode in modes])
    worth = np.where(index >= MATCHED, 1 + index / (min(index.shape) + 1), 0.0)  # one more pair outweighs the rest
    pairs = zip(*linear_sum_assignment(worth, maximize=True), strict=True)
    return [(int(mode), int(slice_)) for mode, slice_ in pairs if index[mode, slice_] >= MATCHED]


def jaccard(one: Mask, other: Mask) -> float:
    """Questions in both ÷ questions in either, 0 where there is none."""
    return float((one & other).sum() / max((one | other).sum(), 1))


def mode_recall(modes: Sequence[Mask], counting: Sequence[Mask]) -> float | None:
    """The share of the weak slices that count which a mode matches; None where there is no such slice."""
    return share(len(matches(modes, counting)), len(counting))


def mode_recall_in_parts(modes: Sequence[Mask], counting: Sequence[Mask]) -> float | None:
    """The same, a slice being found too that modes tell in parts: of those that match none, those mostly within it."""
    pairs = dict(matches(modes, counting))
    free = [mode for place, mode in enumerate(modes) if place not in pairs]
    rest = [slice_ for place, slice_ in enumerate(counting) if place not in pairs.values()]
    found = 0
    for slice_ in rest:
        parts = [place for place, mode in enumerate(free) if 2 * (mode & slice_).sum() > mode.sum()]
        if parts and jaccard(np.logical_or.reduce([free[place] for place in parts]), slice_) >= MATCHED:
            found += 1
            free = [mode for place, mode in enumerate(free) if place not in parts]
    return share(len(pairs) + found, len(counting))


def mode_precision(modes: Sequence[Mask], weak: Sequence[Mask]) -> float | None:
    """The share of the modes that match a weak slice, one that does not count too; None where there is no mode."""
    return share(len(matches(modes, weak)), len(modes))


def largest_family_ratio(failures: Sequence[str], due: Mapping[str, float]) -> float | None:
    """The share of the failures that are of their most frequent family ÷ the share that it is `due`.

    `failures`: the family of each. None where there are none, or nothing is due; infinite where it is due none.
    """
    if not failures or not due:
        return None
    family, count = max(sorted(Counter(failures).items()), key=lambda item: item[1])
    return count / len(failures) / due[family] if due.get(family) else math.inf


def calls_to(level: float, curve: Sequence[tuple[int, float | None]]) -> int | None:
    """The calls after which recall first reached the level, along (calls, recall); None where it never did."""
    return next((calls for calls, recall in curve if recall is not None and recall >= level), None)
