"""Counts the questions of a run once: the totals that the overview states and the other pages take shares of."""

from dataclasses import dataclass

import pandas as pd

from blindspot.records.asker import Askers
from blindspot.records.rollout import METHODS, QUOTA
from blindspot.records.verdict import VALID
from blindspot.report.rates import ORDER

COMPARED, ALL = "Methods compared", "All"


@dataclass(frozen=True)
class Total:
    """The numbers of questions by outcome, and of the images that they are about. `name`: who asked."""

    name: str
    asked: int
    valid: int
    failures: int
    invalid: int
    unscored: int
    images: int


@dataclass(frozen=True)
class Saved:
    """The failure set: its failures, and those left out because they repeat one, or because the auditor disagreed."""

    failures: int
    repeated: int
    overruled: int


def totals(rows: pd.DataFrame, askers: Askers) -> tuple[Total, ...]:
    """Returns the totals of each method that asked, of the compared methods if there are quotas too, and of all.

    `rows`: rollouts with their verdicts. `askers`: the names of the methods.
    """
    asked = [method for method in ORDER if (rows["method"] == method).any()]
    parts = [(askers[method].name, rows[rows["method"] == method]) for method in asked]
    compared = [method for method in asked if method in METHODS]
    if QUOTA in asked and compared:
        parts.insert(-1, (COMPARED, rows[rows["method"].isin(compared)]))
    return tuple(_total(name, own) for name, own in [*parts, (ALL, rows)])


def _total(name: str, rows: pd.DataFrame) -> Total:
    outcomes = rows["outcome"]
    failures, invalid, unscored = (int((outcomes == one).sum()) for one in ("failure", "invalid", "unscored"))
    valid, images = int(outcomes.isin(VALID).sum()), int(rows["image_id"].nunique())
    return Total(name, len(rows), valid, failures, invalid, unscored, images)
