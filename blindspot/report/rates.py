"""Shares with their intervals, and how each questioner did."""

from dataclasses import dataclass
from typing import Any

import pandas as pd

from blindspot.metrics import PERSISTENT, interval
from blindspot.records.rollout import METHODS
from blindspot.records.unscored import Unscored
from blindspot.records.verdict import VALID

ASKED_BY = {
    "trained": ("Trained questioner", "learnt to find failures"),
    "base": ("Untrained base", "a questioner before any training"),
    "templates": ("Uniform templates", "every kind of question equally often"),
}


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
    """One questioner's figures. `unscored`: rollouts that could not be asked, answered or judged, in no other rate.

    `persistent`: of the failures that were asked about again, those that persist; None where none was.
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
    """A reason why questions have no score: what it means, how often by method, and the first message of one."""

    name: str
    meaning: str
    counts: tuple[int, ...]
    message: str | None


def unscored_reasons(rows: pd.DataFrame) -> tuple[UnscoredReason, ...]:
    """The reasons, the most frequent first; counts in the order of the methods that asked."""
    asked = [method for method in METHODS if (rows["method"] == method).any()]
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
    """The share `part` / `whole`; 0 with the interval (0, 1) where there is nothing."""
    low, high = interval(part, whole)
    return Rate(part / whole if whole else 0.0, low, high, part, whole)


def methods(rows: pd.DataFrame) -> tuple[Method, ...]:
    """The figures of each questioner that asked. `rows`: rollouts with their verdicts."""
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
            found.append(Method(key, *ASKED_BY[key], *rates, _persistent(rows[rows["method"] == key])))
    return tuple(found)


def error_rate(rows: pd.DataFrame) -> Rate:
    """Failures among the valid questions of `rows`."""
    outcomes: Any = rows["outcome"]
    return rate(int((outcomes == "failure").sum()), int(outcomes.isin(VALID).sum()))


def _persistent(rows: pd.DataFrame) -> Rate | None:
    """Of the failures that were asked about again; None where none was."""
    shares = rows["persists"].dropna()
    return rate(int((shares > PERSISTENT).sum()), len(shares)) if len(shares) else None
