"""Finds failure modes in predicted outcomes of uniform questions that were not asked.

A search asks about suspected weaknesses more often than about others, and few questions about each. Which of the kinds
of question that overlap explains the failures best is clearer in many uniform questions. Their outcomes are predicted
from the questions that were asked, so they cost no call.
"""

from collections.abc import Sequence, Set
from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from blindspot.metrics import interval
from blindspot.records.failure_mode import FailureMode
from blindspot.records.rollout import Asked
from blindspot.search.explorer import modes_in, questions_frame
from blindspot.taxonomy.modes.significance import COLUMNS, by_chance

UNASKED = 3000  # uniform questions whose outcomes are predicted, at most
TREES, LEAF = 100, 2  # of the forest: trees, fewest questions in a leaf
SEED = 0  # fixed, so that the same questions give the same modes
LEVEL = 0.1  # p-value up to which the asked questions of a mode support it, without a correction
FEWEST = 5  # failures, and other outcomes, that were asked; with fewer, no outcome is predicted


class Unasked(NamedTuple):
    """A uniform question that was not asked, with its true answer."""

    image_id: str
    question: str
    reference: str


def predicted_modes(
    asked: Sequence[Asked],
    unasked: Sequence[Unasked],
    threshold: float,
    min_asked: int,
    few: int,
    worded: Set[str] | None = frozenset(),
) -> list[FailureMode]:
    """Returns the failure modes in the asked questions and in predicted outcomes of unasked ones together.

    A random forest (Breiman 2001) learns from the features of the asked questions which of them fail. Each outcome is
    drawn with the probability that the forest predicts. A mode has at least `min_asked` of all questions. It is kept
    if at least `few` of its questions were asked and these support it: one-sided binomial test against the threshold
    at LEVEL, without a correction, because each mode is confirmed later. Its figures are those of the asked questions;
    its q_value is the p-value of the test.

    `asked`: valid questions. `worded`: features of the wording that modes may have; None for all.
    """
    drawn = _with_outcomes(asked, unasked, worded)
    if not drawn:
        return []
    found = modes_in([*asked, *drawn], threshold, min_asked, worded)
    real = questions_frame(asked, worded)
    return [mode for one in found if (mode := _by_answers(one, real, threshold, few))]


def _with_outcomes(asked: Sequence[Asked], unasked: Sequence[Unasked], worded: Set[str] | None) -> list[Asked]:
    """Returns the unasked questions with a drawn outcome each; none where too little was asked to predict any."""
    failed = np.array([row.outcome == "failure" for row in asked], dtype=bool)
    if not unasked or min(failed.sum(), (~failed).sum()) < FEWEST:
        return []
    new = [Asked(one.image_id, one.question, "", one.reference, "correct", None) for one in unasked]
    chances = _chances(_features(questions_frame(asked, worded)), failed, _features(questions_frame(new, worded)))
    fails = np.random.default_rng(SEED).random(len(chances)) < chances
    return [replace(one, outcome="failure") if fail else one for one, fail in zip(new, fails.tolist(), strict=True)]


def _features(questions: pd.DataFrame) -> list[dict[str, int]]:
    return [dict.fromkeys(sorted({*row}), 1) for row in questions[[*COLUMNS]].sum(axis=1)]


def _chances(
    asked: Sequence[dict[str, int]], failed: "np.ndarray[Any, Any]", unasked: Sequence[dict[str, int]]
) -> "np.ndarray[Any, Any]":
    """Returns the predicted probability of a failure of each unasked question."""
    from sklearn.ensemble import RandomForestClassifier
    from sklearn.feature_extraction import DictVectorizer

    table = DictVectorizer()
    forest = RandomForestClassifier(TREES, min_samples_leaf=LEAF, random_state=SEED)
    forest.fit(table.fit_transform(asked), failed)
    chances: np.ndarray[Any, Any] = forest.predict_proba(table.transform(unasked))[:, 1]
    return chances


def _by_answers(mode: FailureMode, asked: pd.DataFrame, threshold: float, few: int) -> FailureMode | None:
    """Returns the mode with the figures of the asked questions; None if these do not support it."""
    inside = [mode.contains({*features}) for features in asked[[*COLUMNS]].sum(axis=1)]
    count, failures = sum(inside), int((asked["outcome"][inside] == "failure").sum())
    chance = float(by_chance(np.array(failures), np.array(count), threshold))
    if count < few or chance > LEVEL:
        return None
    low, high = interval(failures, count)
    rate = failures / count
    return replace(mode, asked=count, failures=failures, error_rate=rate, low=low, high=high, q_value=chance)
