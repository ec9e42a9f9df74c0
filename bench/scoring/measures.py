"""Pure functions that compare the failure modes of a search with the true weak slices."""

import math
from collections import Counter
from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

from blindspot.metrics import jaccard, share

MATCHED = 0.5  # a mode and a slice match if their Jaccard index is at least this
Mask = npt.NDArray[np.bool_]


def matches(modes: Sequence[Mask], slices: Sequence[Mask]) -> list[tuple[int, int]]:
    """Returns matched pairs (index of the mode, index of the slice). Each mode and slice is in at most one pair.

    A mode or slice is a mask over the questions of one uniform sample. Finds as many pairs with a Jaccard index of at
    least MATCHED as possible and, among equally many, those with the highest total index.
    """
    from scipy.optimize import linear_sum_assignment

    if not modes or not slices:
        return []
    index = np.array([[jaccard(mode, slice_) for slice_ in slices] for mode in modes])
    value = np.where(index >= MATCHED, 1 + index / (min(index.shape) + 1), 0.0)  # a further pair outweighs all indices
    pairs = zip(*linear_sum_assignment(value, maximize=True), strict=True)
    return [(int(mode), int(slice_)) for mode, slice_ in pairs if index[mode, slice_] >= MATCHED]


def mode_recall(modes: Sequence[Mask], counting: Sequence[Mask]) -> float | None:
    """Returns the share of the slices that count which match a mode; None if there is no such slice."""
    return share(len(matches(modes, counting)), len(counting))


def mode_precision(modes: Sequence[Mask], weak: Sequence[Mask]) -> float | None:
    """Returns the share of the modes that match a weak slice, whether it counts or not; None if there is no mode."""
    return share(len(matches(modes, weak)), len(modes))


def largest_family_ratio(failures: Sequence[str], expected: Mapping[str, float]) -> float | None:
    """Returns the share of the most frequent family among the failures ÷ its expected share.

    `failures`: the family of each failure. None if there are no failures or no expected shares; infinite if the
    expected share of that family is 0.
    """
    if not failures or not expected:
        return None
    family, count = max(sorted(Counter(failures).items()), key=lambda item: item[1])
    return count / len(failures) / expected[family] if expected.get(family) else math.inf


def calls_to(level: float, curve: Sequence[tuple[int, float | None]]) -> int | None:
    """Returns the number of calls after which a value first reached `level`; None if it never did.

    `curve`: pairs (calls, value), by calls.
    """
    return next((calls for calls, value in curve if value is not None and value >= level), None)
