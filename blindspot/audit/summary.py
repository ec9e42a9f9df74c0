"""Summarises an audit by method and by failure mode: rates as judged and as corrected, and the judge's agreement."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

import numpy as np
import pandas as pd

from blindspot.audit.agreement import Agreement, agree, confusion
from blindspot.audit.auditors import NoAuditor
from blindspot.audit.correction import RATES, Counts, columns, corrected
from blindspot.audit.modes import audited_for, judged_for
from blindspot.metrics import interval
from blindspot.records.estimate import Estimate
from blindspot.records.failure_mode import FailureMode
from blindspot.records.rollout import METHODS
from blindspot.records.verdict import OUTCOMES, VALID
from blindspot.taxonomy.modes.confirm import ONCE
from blindspot.taxonomy.modes.significance import design_effect

FEWEST = 30  # audited rollouts in the denominator of a rate that is corrected
FEWEST_OF_MODE = 10  # the same for a failure mode, of which fewer are audited
NO_QUOTA = "not audited: no quota was asked for this mode"


def summarize(outcomes: pd.DataFrame, sample: pd.DataFrame, modes: Sequence[FailureMode] = ()) -> dict[str, Any]:
    """Returns the content of metrics/audit.json: the auditor, and the summary of each method with rollouts.

    `modes` in it has the summary of each of the failure modes, by mode_id. `outcomes`: columns method, image_id and
    outcome, of all rollouts without an error; for modes also rollout_id, question, reference and mode_id. `sample`:
    the rows of data/audit, audited or not.
    """
    found: dict[str, Any] = {"auditor": str(sample["auditor"].iloc[0]) if len(sample) else NoAuditor.identity}
    outcomes = outcomes.assign(judged=outcomes["outcome"])
    for method in METHODS:
        asked, drawn = (rows[rows["method"] == method] for rows in (outcomes, sample))
        if len(asked):
            found[method] = _method(asked, drawn)
    return found | {"modes": {mode.mode_id: _of_mode(mode, outcomes, sample) for mode in modes}}


def _method(asked: pd.DataFrame, drawn: pd.DataFrame) -> dict[str, Any]:
    """Returns the summary of one method. `note` of a rate says why it is not corrected."""
    rows = drawn[drawn["audited"].notna()]
    table = confusion([*rows["judged"]], [*rows["audited"]])
    agreement = agree(table)
    estimates = corrected(*_by_image(asked, rows))
    notes = {name: _obstacle(name, table, agreement) for name in RATES}
    return _counts(drawn, table) | {
        "agreement": asdict(agreement) if len(rows) else None,
        "rates": {
            name: {
                "judged": _as_judged(name, asked),
                "corrected": asdict(estimates[name]) if note is None else None,
                "note": note,
            }
            for name, note in notes.items()
        },
    }


def _of_mode(mode: FailureMode, outcomes: pd.DataFrame, sample: pd.DataFrame) -> dict[str, Any]:
    """Returns the summary of one mode: the error rate of the questions of its quota that are in the mode.

    `in_mode`: the audited questions that are valid and in the mode, according to the auditor.
    """
    asked, drawn = (_of_quota(mode, rows) for rows in (outcomes, sample))
    rows = drawn[drawn["audited"].notna()]
    asked = asked.assign(judged=judged_for(mode, asked))
    own = rows[["rollout_id", "image_id", "question", "answer", "audited"]]
    rows = own.merge(asked[["rollout_id", "reference", "judged"]], on="rollout_id")
    asked = asked.drop_duplicates([*ONCE])
    rows["audited"] = audited_for(mode, rows)
    table = confusion([*rows["judged"]], [*rows["audited"]])
    in_mode = int(table[:, columns(VALID)].sum())
    note = NO_QUOTA if asked.empty else _obstacle_of_mode(len(rows), in_mode)
    estimate = None if note else corrected(*_by_image(asked, rows))["error_rate"]
    return _counts(drawn, table) | {
        "in_mode": in_mode,
        "judged": _as_judged("error_rate", asked),
        "corrected": estimate and asdict(estimate),
        "note": note,
    }


def _of_quota(mode: FailureMode, rows: pd.DataFrame) -> pd.DataFrame:
    return rows[rows["mode_id"] == mode.mode_id]


def _counts(drawn: pd.DataFrame, audited: Counts) -> dict[str, Any]:
    """Returns the numbers of rollouts. `audited`: by the judge's outcome (rows) and the auditor's (columns)."""
    return {
        "drawn": len(drawn),
        "audited": int(audited.sum()),
        "unsure": int(audited[:, OUTCOMES.index("unscored")].sum()),
        "confusion": {
            said: dict(zip(OUTCOMES, row, strict=True)) for said, row in zip(OUTCOMES, audited.tolist(), strict=True)
        },
    }


def _by_image(asked: pd.DataFrame, audited: pd.DataFrame) -> tuple[Counts, Counts]:
    """Returns the numbers of rollouts about each image, as `corrected` takes them."""
    images, names = pd.factorize(pd.concat([asked["image_id"], audited["image_id"]]))
    of_asked, of_audited = np.split(images, [len(asked)])
    place = {outcome: index for index, outcome in enumerate(OUTCOMES)}
    judged, both = np.zeros((len(names), 4), np.int64), np.zeros((len(names), 4, 4), np.int64)
    np.add.at(judged, (of_asked, asked["judged"].map(place)), 1)
    np.add.at(both, (of_audited, audited["judged"].map(place), audited["audited"].map(place)), 1)
    return judged, both


def _as_judged(name: str, asked: pd.DataFrame) -> dict[str, float] | None:
    """Returns the rate as if the judge were exact, with Wilson's interval; None if its denominator is 0.

    The interval has the design effect of several questions about one image.
    """
    numerator, denominator = RATES[name]
    rows = asked[asked["judged"].isin(denominator)]
    if rows.empty:
        return None
    part = rows["judged"].isin(numerator).to_numpy()
    spread = design_effect(pd.factorize(rows["image_id"])[0], part)
    return asdict(Estimate(float(part.mean()), *interval(int(part.sum()), len(part), spread)))


def _obstacle(name: str, audited: Counts, agreement: Agreement) -> str | None:
    """Returns why the rate cannot be corrected, or None if it can."""
    if not audited.sum():
        return "not audited"
    whole = RATES[name][1]
    if (known := int(audited[:, columns(whole)].sum())) < FEWEST:
        kind = ", ".join(whole[:-1]) + f" or {whole[-1]}"
        return f"too few audited: {known} are {kind} to the auditor, {FEWEST} are needed"
    kappa = agreement.kappa
    if kappa and kappa.low <= 0:
        seen = f"kappa {kappa.value:.2f}, 95 % interval {kappa.low:.2f} to {kappa.high:.2f}"
        return f"the judge may agree with the auditor by chance alone ({seen})"
    return None


def _obstacle_of_mode(audited: int, in_mode: int) -> str | None:
    """Returns why the rate of a mode cannot be corrected, or None if it can."""
    if not audited:
        return "not audited"
    if in_mode < FEWEST_OF_MODE:
        return (
            f"too few audited: {in_mode} are valid questions of this mode to the auditor, {FEWEST_OF_MODE} are needed"
        )
    return None
