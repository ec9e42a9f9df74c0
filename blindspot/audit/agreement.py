"""Measures how well the judge agrees with the auditor."""

from dataclasses import dataclass

import numpy as np

from blindspot.audit.correction import DRAWS, SEED, Counts, Shares, bounds, columns
from blindspot.metrics import interval
from blindspot.records.estimate import Estimate
from blindspot.records.verdict import OUTCOMES, VALID, Outcome

SAID: tuple[Outcome, ...] = ("failure", "correct", "invalid")


@dataclass(frozen=True)
class Detection:
    """How well the judge detects one outcome; None where the denominator is 0."""

    precision: Estimate | None
    recall: Estimate | None
    f1: Estimate | None


@dataclass(frozen=True)
class Agreement:
    """The agreement of judge and auditor over the `rows` rollouts that neither left unscored.

    `valid_kappa`: Cohen's kappa over failure and correct, of the `valid_rows` rollouts that both call valid. `kappa`:
    the same over the three outcomes. Both are None if judge and auditor gave every rollout the same outcome.
    `failure`, `invalid`: detection of these outcomes, with the auditor as the truth.
    """

    valid_rows: int
    valid_kappa: Estimate | None
    rows: int
    failure: Detection
    invalid: Detection
    kappa: Estimate | None


def agree(audited: Counts) -> Agreement:
    """Returns the agreement in a table of counts (4 × 4): the judge's outcome by row, the auditor's by column."""
    both, valid = (audited[np.ix_(columns(outcomes), columns(outcomes))] for outcomes in (SAID, VALID))
    return Agreement(
        valid_rows=int(valid.sum()),
        valid_kappa=_kappa(valid),
        rows=int(both.sum()),
        failure=_detection(both, SAID.index("failure")),
        invalid=_detection(both, SAID.index("invalid")),
        kappa=_kappa(both),
    )


def confusion(judged: list[Outcome], audited: list[Outcome]) -> Counts:
    """Counts the rollouts with each pair of outcomes (4 × 4): the judge's by row, the auditor's by column."""
    from sklearn.metrics import confusion_matrix

    table: Counts = confusion_matrix(judged, audited, labels=OUTCOMES) if judged else np.zeros((4, 4), np.int64)
    return table


def _detection(both: Counts, at: int) -> Detection:
    """Returns precision, recall and F1 with Wilson intervals.

    F1 = 2J ÷ (1 + J) with J = hits ÷ (hits + misses + false alarms), so the bounds of J give the bounds of F1.
    """
    hits, said, true = int(both[at, at]), int(both[at].sum()), int(both[:, at].sum())
    overlap = _share(hits, said + true - hits)
    f1 = overlap and Estimate(*(2 * j / (1 + j) for j in (overlap.value, overlap.low, overlap.high)))
    return Detection(_share(hits, said), _share(hits, true), f1)


def _share(part: int, whole: int) -> Estimate | None:
    return Estimate(part / whole, *interval(part, whole)) if whole else None


def _kappa(both: Counts) -> Estimate | None:
    """Returns Cohen's kappa with its posterior interval (Dirichlet, with a prior worth one observation)."""
    total = both.sum()
    if np.trace(both) == both.max() == total:  # no rollouts, or one outcome only: kappa is not defined
        return None
    draws = np.random.default_rng(SEED).dirichlet(both.ravel() + 1 / both.size, DRAWS).reshape(DRAWS, *both.shape)
    low, high = bounds(_kappas(draws))
    value = float(_kappas(both[None] / total)[0])
    return Estimate(value, low, 1.0 if np.trace(both) == total else high)


def _kappas(tables: Shares) -> Shares:
    """Returns the kappa of each table of shares (tables × outcomes × outcomes)."""
    seen = np.trace(tables, axis1=1, axis2=2)
    chance = np.einsum("nk,nk->n", tables.sum(axis=1), tables.sum(axis=2))
    kappas: Shares = (seen - chance) / (1 - chance)
    return kappas
