"""Computes the rates of each method with their intervals."""

from dataclasses import dataclass
from typing import Any

import pandas as pd

from blindspot.metrics import PERSISTENT, interval
from blindspot.records.asker import Askers
from blindspot.records.failure_mode import FailureMode
from blindspot.records.rollout import METHODS, QUOTA
from blindspot.records.unscored import Unscored
from blindspot.records.verdict import VALID

ORDER = (*METHODS, QUOTA)  # of all methods in tables


@dataclass(frozen=True)
class Rate:
    """A share with its 95 % interval (Wilson)."""

    value: float
    low: float
    high: float
    part: int
    whole: int


@dataclass(frozen=True)
class Method:
    """The figures of one method. `wrong`: its error rate. `unscored`: rollouts that all other rates exclude.

    `persistent`: the share of the failures that persist, of those that were asked again; None where none was.
    """

    key: str
    name: str
    what: str
    failure: Rate
    valid: Rate
    wrong: Rate
    unscored: Rate
    persistent: Rate | None


@dataclass(frozen=True)
class UnscoredReason:
    """A reason why questions are unscored: what it means, how often by method, and the first message."""

    name: str
    meaning: str
    counts: tuple[int, ...]
    message: str | None


def unscored_reasons(rows: pd.DataFrame) -> tuple[UnscoredReason, ...]:
    """Returns the reasons, the most frequent first, with counts in the order of the methods that asked."""
    asked = [method for method in ORDER if (rows["method"] == method).any()]
    unscored = rows[rows["outcome"] == "unscored"]
    found = []
    for reason in unscored["reason"].value_counts().index:
        own = unscored[unscored["reason"] == reason]
        messages = own["message"].dropna() if "message" in own else own["reason"].iloc[:0]
        counts = tuple(int((own["method"] == method).sum()) for method in asked)
        meaning = Unscored(reason).__doc__ if reason in {*Unscored} else None
        found.append(UnscoredReason(reason, meaning or "", counts, next(iter(messages), None)))
    return tuple(found)


def rate(part: int, whole: int) -> Rate:
    """Returns the share `part` / `whole`; 0 with the interval (0, 1) where `whole` is 0."""
    low, high = interval(part, whole)
    return Rate(part / whole if whole else 0.0, low, high, part, whole)


def tested_rate(mode: FailureMode) -> Rate | None:
    """Returns the error rate of a failure mode on the questions that test it; None where there are none."""
    return Rate(mode.error_rate, mode.low, mode.high, mode.failures, mode.asked) if mode.asked else None


def discovered_rate(mode: FailureMode) -> Rate:
    """Returns the error rate of a failure mode on the questions that it was discovered in."""
    return rate(mode.discovered_failures or 0, mode.discovered_asked or 0)


def methods(rows: pd.DataFrame, askers: Askers) -> tuple[Method, ...]:
    """Returns the figures of each method that asked. `rows`: rollouts with their verdicts. `askers`: their names."""
    found = []
    for key in METHODS:
        outcomes = rows.loc[rows["method"] == key, "outcome"].value_counts()
        failure, correct, invalid, unscored = (
            int(outcomes.get(name, 0)) for name in ("failure", "correct", "invalid", "unscored")
        )
        judged, valid = failure + correct + invalid, failure + correct
        if judged + unscored:
            asked = judged + unscored
            rates = rate(failure, judged), rate(valid, judged), rate(failure, valid), rate(unscored, asked)
            name, what, _ = askers[key]
            found.append(Method(key, name, what, *rates, _persistent(rows[rows["method"] == key])))
    return tuple(found)


def error_rate(rows: pd.DataFrame) -> Rate:
    """Returns the share of failures among the valid questions of `rows`."""
    outcomes: Any = rows["outcome"]
    return rate(int((outcomes == "failure").sum()), int(outcomes.isin(VALID).sum()))


def _persistent(rows: pd.DataFrame) -> Rate | None:
    """Returns the share of the repeated failures that persist; None where none was repeated."""
    shares = rows["persists"].dropna()
    return rate(int((shares > PERSISTENT).sum()), len(shares)) if len(shares) else None
