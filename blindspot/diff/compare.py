"""Compares two candidates on the questions that both answered: an exact McNemar test for each failure mode."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain
from math import sqrt
from typing import Literal, get_args

import numpy as np
import pandas as pd

from blindspot.analysis.analyze import fewest
from blindspot.diff.side import Side, clusters
from blindspot.metrics import Mask
from blindspot.records.failure_mode import FailureMode
from blindspot.report.rates import Rate
from blindspot.taxonomy.modes.significance import by_chance, design_effect, holm

Change = Literal["new", "worse", "better", "gone", "unchanged", "not_compared"]
CHANGES: tuple[Change, ...] = get_args(Change)
#: Name of the row of all common questions, which is no failure mode.
OVERALL = "All common questions"
Z = 1.959964  # quantile of the normal distribution for a 95 % interval


@dataclass(frozen=True)
class Compared:
    """One failure mode on both sides.

    `change`: docs/diff.md defines them. `features`: empty for OVERALL. `old`, `new`: the reference rates, None where
    they are unknown. `old_status`, `new_status`: None where that side did not discover the mode. `common`: the number
    of common questions in the mode. `old_failures`, `new_failures`: of these. `only_old`, `only_new`: of these, wrong
    for one side only. `difference`: on the common questions, the error rate of NEW minus that of OLD and the ends of
    its 95 % interval; None without common questions. `p_worse`, `p_better`: of the one-sided tests, adjusted for all
    modes. `places`: of the common questions in the rows of Pairs.
    """

    change: Change
    name: str
    features: tuple[str, ...]
    old: Rate | None
    new: Rate | None
    old_status: str | None
    new_status: str | None
    common: int
    old_failures: int
    new_failures: int
    only_old: int
    only_new: int
    difference: tuple[float, float, float] | None
    p_worse: float
    p_better: float
    places: tuple[int, ...]


@dataclass(frozen=True)
class _Test:
    """The one-sided tests of one kind of question, before the adjustment for other kinds.

    `places`: its common questions. `possible`: the lowest p-value that so many questions can have. `spread`: the
    design effect of the questions on which the sides differ.
    """

    places: Mask
    worse: float
    better: float
    possible: float
    spread: float


def compare(old: Side, new: Side, pairs: pd.DataFrame, level: float) -> list[Compared]:
    """Returns the row of all common questions, then a row for every mode of either side, in the order of CHANGES.

    `pairs`: the rows of Pairs, none where a paired comparison is not fair. `level`: the probability that a comparison
    of equal candidates has a row that is `new` or `worse`.
    """
    modes = [*old.modes, *(mode for mode in new.modes if old.mode(mode.features) is None)]
    tests = [_test(pairs, np.ones(len(pairs), dtype=bool))]
    tests += [_test(pairs, _inside(mode, pairs, first=old.mode(mode.features) is not None)) for mode in modes]
    by_old, by_new = (choices(pairs, side) for side in ("old", "new"))
    # A kind in which one side discovered a mode was chosen, among many, for that side's failures in these questions.
    for_worse = [1, *(1 if old.mode(mode.features) else by_new for mode in modes)]
    for_better = [1, *(1 if new.mode(mode.features) else by_old for mode in modes)]
    worse = holm(np.array([min(1.0, test.worse * number) for test, number in zip(tests, for_worse, strict=True)]))
    better = holm(np.array([min(1.0, test.better * number) for test, number in zip(tests, for_better, strict=True)]))
    rows = [
        _compared(mode, old, new, pairs, test, values, level)
        for mode, test, *values in zip([None, *modes], tests, worse, better, strict=True)
    ]
    whole, *of_modes = rows
    return [whole, *sorted(of_modes, key=lambda row: (CHANGES.index(row.change), min(row.p_worse, row.p_better)))]


def choices(pairs: pd.DataFrame, side: str) -> int:
    """Returns among how many kinds of question a side discovered modes in these questions; 1 if it used none of them.

    `side`: "old" or "new". The kinds are those that its analysis tested: features and pairs of them.
    """
    from scipy.sparse import csr_array

    chosen = pairs[pairs[f"{side}_discovered"]]
    if chosen.empty:
        return 1
    least, features = fewest(len(chosen)), [*chosen[f"{side}_features"]]
    uses = Counter(chain(*features))
    place = {name: index for index, name in enumerate(name for name in sorted(uses) if uses[name] >= least)}
    rows = [sorted(place[name] for name in found if name in place) for found in features]
    ends = np.cumsum([0, *map(len, rows)])
    has = csr_array((np.ones(ends[-1], dtype=np.int64), [*chain(*rows)], ends), shape=(len(rows), len(place)))
    return max(1, int((np.triu((has.T @ has).toarray()) >= least).sum()))


def _inside(mode: FailureMode, pairs: pd.DataFrame, first: bool) -> Mask:
    """Returns which common questions a mode contains, by the features that OLD read (`first`), else those of NEW."""
    own, other = (pairs["old_features"], pairs["new_features"])[:: 1 if first else -1]
    return np.array(
        [mode.contains(one if one is not None else two) for one, two in zip(own, other, strict=True)], bool
    )


def _test(pairs: pd.DataFrame, places: Mask) -> _Test:
    """Exact McNemar test, of the effective number of questions on which the sides differ."""
    differing = pairs[places & (pairs["old_failed"] != pairs["new_failed"]).to_numpy()]
    possible = 0.5 ** min(int(places.sum()), 1000)
    if differing.empty:
        return _Test(places, 1.0, 1.0, possible, 1.0)
    failed = differing["new_failed"].to_numpy(dtype=bool)
    spread = design_effect(clusters(differing), failed)
    number, counts = len(failed) / spread, np.array([failed.sum(), (~failed).sum()]) / spread
    worse, better = by_chance(counts, np.array([number, number]), 0.5).tolist()
    return _Test(places, worse, better, possible, spread)


def _compared(
    mode: FailureMode | None,
    old: Side,
    new: Side,
    pairs: pd.DataFrame,
    test: _Test,
    values: Sequence[float],
    level: float,
) -> Compared:
    inside = pairs[test.places]
    old_failed, new_failed = (inside[name].to_numpy(dtype=bool) for name in ("old_failed", "new_failed"))
    only_old, only_new = int((old_failed & ~new_failed).sum()), int((new_failed & ~old_failed).sum())
    ours, theirs = (side.mode(mode.features) if mode else None for side in (old, new))
    statuses = (ours.status if ours else None, theirs.status if theirs else None)
    worse, better = values
    return Compared(
        change="not_compared" if test.possible > level else _change(worse, better, *statuses, level),
        name=mode.name if mode else OVERALL,
        features=mode.features if mode else (),
        old=old.rate(mode) if mode else None,
        new=new.rate(mode) if mode else None,
        old_status=statuses[0],
        new_status=statuses[1],
        common=len(inside),
        old_failures=int(old_failed.sum()),
        new_failures=int(new_failed.sum()),
        only_old=only_old,
        only_new=only_new,
        difference=_difference(only_old, only_new, len(inside), test.spread) if len(inside) else None,
        p_worse=worse,
        p_better=better,
        places=tuple(np.flatnonzero(test.places).tolist()),
    )


def _change(worse: float, better: float, old: str | None, new: str | None, level: float) -> Change:
    """Returns the change of a mode. `worse`, `better`: adjusted p-values. `old`, `new`: the statuses of the mode."""
    if worse <= level:
        return "new" if new == "confirmed" and old != "confirmed" else "worse"
    if better <= level:
        return "gone" if old == "confirmed" and new != "confirmed" else "better"
    return "unchanged"


def _difference(only_old: int, only_new: int, number: int, spread: float) -> tuple[float, float, float]:
    """Returns the difference of two paired error rates and its 95 % interval (Agresti and Min 2005).

    `spread`: the variance relative to that of independent questions.
    """
    one, other, whole = only_old + 0.5, only_new + 0.5, number + 2
    middle = (other - one) / whole
    half = Z * sqrt(spread * (one + other - (other - one) ** 2 / whole)) / whole
    found = (only_new - only_old) / number
    return found, max(-1.0, min(found, middle - half)), min(1.0, max(found, middle + half))
