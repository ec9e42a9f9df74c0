"""Tests discovered failure modes again on questions that they were not discovered in."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import chain
from math import nan

import numpy as np
import pandas as pd

from blindspot.metrics import Mask, interval
from blindspot.records.failure_mode import FailureMode, Status
from blindspot.taxonomy.modes.search import distinct_first
from blindspot.taxonomy.modes.significance import COLUMNS, LEVEL, by_chance, design_effect, holm

ONCE = ("mode_id", "image_id", "question")  # columns that identify a question of a quota
FEWEST = 5  # questions; below, the design effect cannot be estimated and a mode is not tested


def confirm(
    modes: Sequence[FailureMode], questions: pd.DataFrame, threshold: float, examples: int
) -> list[FailureMode]:
    """Returns the modes, in the same order, with a status and the figures of these questions.

    `questions`: columns as for `find_modes`; none of them was used to discover the modes. If they have the column
    mode_id, a mode is tested only on the questions that were asked for it. Each mode is tested against the threshold:
    a one-sided binomial test of the effective number of questions, with Holm (1979) over all modes (5 %). The status
    is `too_few` if fewer than FEWEST questions are asked, or if the test could not be significant even if all of them
    failed; such a mode counts as a test with p = 1. `examples`: the number kept for each mode, of these questions
    first.
    """
    failed: Mask = (questions["outcome"] == "failure").to_numpy()
    images = pd.factorize(questions["image_id"])[0]
    contained = [*tested_on(modes, questions)]
    spreads = [design_effect(images[which], failed[which]) if which.any() else 1.0 for which in contained]
    asked = np.array([which.sum() for which in contained], dtype=float)
    failures = np.array([failed[which].sum() for which in contained], dtype=float)
    effective = asked / spreads
    few = (asked < FEWEST) | (by_chance(effective, effective, threshold) > LEVEL)
    adjusted = holm(np.where(few, 1.0, by_chance(failures / spreads, effective, threshold)))
    tested = zip(modes, contained, spreads, few.tolist(), adjusted, strict=True)
    return [
        replace(
            _tested(mode, int(which.sum()), int(failed[which].sum()), spread),
            status="too_few" if short else _status(p_value),
            p_value=p_value,
            examples=(*distinct_first(questions[which & failed])["rollout_id"], *mode.examples)[:examples],
        )
        for mode, which, spread, short, p_value in tested
    ]


def for_confirmation(valid: pd.DataFrame, asked: pd.DataFrame) -> pd.DataFrame:
    """Returns the valid questions that were asked to confirm a mode; all, without mode_id, if none was asked for it.

    A question about an image that occurs several times in a quota counts once. `asked`: all questions, including
    those that are not valid.
    """
    if "mode_id" in asked and asked["mode_id"].notna().any():
        return valid[valid["mode_id"].notna()].drop_duplicates([*ONCE]).reset_index(drop=True)
    return valid.drop(columns="mode_id", errors="ignore").reset_index(drop=True)


def tested_on(modes: Sequence[FailureMode], questions: pd.DataFrame) -> Iterator[Mask]:
    """Yields, for each mode, which of the questions for confirmation it is tested on."""
    for mode, inside in zip(modes, contained_in(modes, questions), strict=True):
        yield inside & (questions["mode_id"] == mode.mode_id).to_numpy() if "mode_id" in questions else inside


def contained_in(modes: Sequence[FailureMode], questions: pd.DataFrame) -> Iterator[Mask]:
    """Yields, for each mode, which questions it contains."""
    features = [{*chain(*lists)} for lists in zip(*(questions[name] for name in COLUMNS), strict=True)]
    for mode in modes:
        yield np.array([mode.contains(has) for has in features], dtype=bool)


def _status(p_value: float) -> Status:
    return "confirmed" if p_value <= LEVEL else "not_confirmed"


def _tested(mode: FailureMode, asked: int, failures: int, spread: float) -> FailureMode:
    """Returns a mode with the counts of the test, and those of its discovery apart."""
    low, high = interval(failures, asked, spread)
    return replace(
        mode,
        discovered_asked=mode.asked,
        discovered_failures=mode.failures,
        asked=asked,
        failures=failures,
        error_rate=failures / asked if asked else nan,
        low=low,
        high=high,
    )
