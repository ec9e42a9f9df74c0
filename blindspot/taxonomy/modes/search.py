"""Failure modes: features, and pairs of them, of questions where error_rate is significantly above a threshold."""

import hashlib
import math
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pandas as pd

from blindspot.metrics import Mask, interval
from blindspot.records.failure_mode import FailureMode
from blindspot.taxonomy.modes.describe import describe
from blindspot.taxonomy.modes.significance import LEVEL, Counts, Tested, by_chance, design_effect, find_worse

PARTS = 5  # combinations that are tried in the place of each mode
LEFT = 0.25  # share of a mode's questions that no earlier mode may contain
SLIGHT = 1e-9  # nats; a smaller gain is rounding


def find_modes(questions: pd.DataFrame, threshold: float, min_asked: int, examples: int) -> list[FailureMode]:
    """Returns the failure modes in the valid questions of all methods, by log_likelihood_ratio, the highest first.

    `questions`: columns rollout_id, image_id, question, outcome, and COLUMNS, which hold lists of names. `examples`:
    the number kept for each mode.

    Every combination, a feature or a pair, that `min_asked` questions have is tested against the threshold (one-sided
    binomial test, Benjamini-Hochberg over all). Most of those that pass overlap, because one weakness makes many of
    them fail. The one with the highest ratio becomes a mode: a wider one adds questions that are answered correctly, a
    narrower one leaves out some that fail. Its questions are set aside and the search goes on in the rest, while there
    is a combination of which a quarter is left and which is significantly worse than the threshold in what is left
    (Bonferroni over the combinations of which as much is left).

    The log-likelihood ratio compares two error rates, inside and outside, with a single one (the scan statistic of
    Kulldorff 1997). Modes are chosen by the ratio over the questions that are left and ranked by the ratio over all.
    The rate outside is at most the threshold, so that what fails is a mode even where all the rest fails too. A mode
    is dropped, several modes are replaced by one feature, or one by another combination, where the modes that result
    explain the failures better.
    """
    failed: Mask = (questions["outcome"] == "failure").to_numpy()
    tested = find_worse(questions, failed, threshold, min_asked)
    if tested is None:
        return []
    ratios = _log_likelihood_ratio(tested.asked, tested.failures, len(failed), int(failed.sum()), threshold).tolist()
    rows = sorted(_explaining(tested, failed, threshold), key=lambda row: -ratios[row])
    return _told_apart([_mode(tested, row, ratios[row], questions, failed, examples) for row in rows])


def distinct_first(rows: pd.DataFrame) -> pd.DataFrame:
    """Returns the rows with new questions on new images first, then new questions, then the rest."""
    new_question, new_image = ~rows["question"].duplicated(), ~rows["image_id"].duplicated()
    return rows.iloc[np.argsort(-(2 * new_question.to_numpy() + new_image.to_numpy()).astype(int), kind="stable")]


def _explaining(tested: Tested, failed: Mask, threshold: float) -> list[int]:
    """Returns the rows that are modes: a greedy choice, changed as long as a change explains the failures better.

    Three changes are tried. A mode may contain several weaknesses that are better kept apart ("answer yes" those of
    two skills): each mode in turn is left out. Several modes may be parts of one (the leftmost object with no, one and
    two details): each single feature in turn is put first. A mode may be imprecise: what separates its failures best
    from its other questions is put in its place.
    """
    alone = [row for row, features in enumerate(tested.features) if len(features) == 1]

    def changes() -> Iterator[tuple[list[int], list[int]]]:
        for row in found:
            yield [one for one in first if one != row], [*banned, row]
        for row in alone:
            if row not in found:
                yield [row, *found], [one for one in banned if one != row]
        for row in found:
            others = [one for one in found if one != row]
            for part in _parts(tested, row, failed):
                yield [part, *others], [row, *(one for one in banned if one != part)]

    first, banned = list[int](), list[int]()
    found, explained = _apart(tested, failed, threshold, first, banned)
    while True:
        for change in changes():
            others, better = _apart(tested, failed, threshold, *change)
            if better > explained + SLIGHT:
                (first, banned), found, explained = change, others, better
                break
        else:
            return found


def _parts(tested: Tested, row: int, failed: Mask) -> list[int]:
    """Returns the PARTS rows that separate best what fails in a mode from what does not."""
    inside = tested.questions[row]
    wrong = inside[failed[inside]]
    asked, failures = _counts(tested, inside), _counts(tested, wrong)
    told = _log_likelihood_ratio(asked, failures, len(inside), len(wrong), 1.0)
    worse = failures * len(inside) > asked * len(wrong)
    best = np.argsort(-np.where(worse, told, 0.0), kind="stable")[:PARTS].tolist()
    return [place for place in best if worse[place]]


def _apart(
    tested: Tested, failed: Mask, threshold: float, first: Sequence[int], banned: Sequence[int]
) -> tuple[list[int], float]:
    """Returns the rows that a greedy search chooses, and how well all of them explain the failures.

    Rows of `first` come first, then the row with the highest ratio (of equal ratios the widest), but never one of
    `banned`. How well is the sum of the ratios over what was left for each row, less the logarithm of the number of
    rows to choose from, once for each.
    """
    left, found, queue, explained = np.ones(len(failed), dtype=bool), list[int](), [*first], 0.0
    asked, failures = tested.asked.copy(), tested.failures.copy()
    allowed = ~np.isin(np.arange(len(tested.features)), banned)
    while True:
        new = allowed & (asked > tested.asked * LEFT)
        level = LEVEL / max(int(new.sum()), 1)
        new &= by_chance(failures, asked, threshold) <= level
        ratios = _log_likelihood_ratio(asked, failures, int(left.sum()), int((left & failed).sum()), threshold)
        order = [*queue, *np.lexsort((-tested.asked, -ratios)).tolist()]
        worse = (row for row in order if new[row] and _chance(tested, row, left, failed, threshold) <= level)
        best = next(worse, None)
        if best is None:
            return found, explained - len(found) * math.log(len(tested.features))
        queue = queue[queue.index(best) + 1 :] if best in queue else []
        found.append(best)
        explained += float(ratios[best])
        taken = _left_of(tested, best, left)
        asked -= _counts(tested, taken)
        failures -= _counts(tested, taken[failed[taken]])
        left[taken] = False


def _left_of(tested: Tested, row: int, left: Mask) -> Counts:
    """Returns which questions of a row are left."""
    which: Counts = tested.questions[row]
    return which[left[which]]


def _counts(tested: Tested, which: Counts) -> Counts:
    """Returns how many of these questions each row has."""
    return np.bincount(tested.has[which].indices, minlength=len(tested.features))


def _chance(tested: Tested, row: int, left: Mask, failed: Mask, threshold: float) -> float:
    """Returns the probability, at the threshold, of the failures in what is left of a row, with its design effect."""
    which = _left_of(tested, row, left)
    told = np.array([failed[which].sum(), len(which)]) / design_effect(tested.images[which], failed[which])
    return float(by_chance(told[0], told[1], threshold))


def _log_likelihood_ratio(
    asked: Counts, failures: Counts, all_asked: int, all_failures: int, threshold: float
) -> npt.NDArray[np.float64]:
    """Returns how much better two rates explain the failures than one, in nats; the outer is at most the threshold."""
    outside = _log_likelihood(all_failures - failures, all_asked - asked, threshold)
    single = _log_likelihood(np.array(all_failures), np.array(all_asked), threshold)
    ratio: npt.NDArray[np.float64] = _log_likelihood(failures, asked, 1.0) + outside - single
    return ratio


def _log_likelihood(failures: Counts, asked: Counts, most: float) -> npt.NDArray[np.float64]:
    """Returns the log-likelihood of the failures at the most likely rate that is at most `most`."""
    from scipy.special import xlogy

    rate = np.minimum(failures / np.maximum(asked, 1), most)
    log_likelihood: npt.NDArray[np.float64] = xlogy(failures, rate) + xlogy(asked - failures, 1 - rate)
    return log_likelihood


def _mode(tested: Tested, row: int, ratio: float, questions: pd.DataFrame, failed: Mask, examples: int) -> FailureMode:
    features, asked, failures = tested.features[row], int(tested.asked[row]), int(tested.failures[row])
    low, high = interval(failures, asked, float(tested.spread[row]))
    having = np.zeros(len(questions), dtype=bool)
    having[tested.questions[row]] = True
    return FailureMode(
        mode_id="--".join(re.sub(r"\W+", "-", feature.lower()).strip("-") or "feature" for feature in features),
        name=describe(features),
        features=features,
        asked=asked,
        failures=failures,
        error_rate=failures / asked,
        low=low,
        high=high,
        log_likelihood_ratio=ratio,
        q_value=float(tested.q_values[row]),
        examples=tuple(distinct_first(questions[having & failed])["rollout_id"].head(examples)),
    )


def _told_apart(modes: Sequence[FailureMode]) -> list[FailureMode]:
    """Returns the modes, each with an id of its own; ids end with a digest where features differ only in signs.

    "answer 1" and "answer -1" are such features.
    """
    often = Counter(mode.mode_id for mode in modes)
    return [mode if often[mode.mode_id] == 1 else replace(mode, mode_id=_with_digest(mode)) for mode in modes]


def _with_digest(mode: FailureMode) -> str:
    return f"{mode.mode_id}-{hashlib.sha256(' + '.join(mode.features).encode()).hexdigest()[:8]}"
