"""Summarises an audit by method: rates as judged and as corrected, and the agreement of judge and auditor."""

from dataclasses import asdict
from typing import Any

import numpy as np
import pandas as pd

from blindspot.audit.agreement import Agreement, agree, confusion
from blindspot.audit.correction import RATES, Counts, columns, corrected
from blindspot.metrics import interval
from blindspot.records.estimate import Estimate
from blindspot.records.rollout import METHODS
from blindspot.records.verdict import OUTCOMES

FEWEST = 30  # audited rollouts in the denominator of a rate that is corrected


def summarize(outcomes: pd.DataFrame, sample: pd.DataFrame) -> dict[str, Any]:
    """Returns the content of metrics/audit.json: the auditor, and the summary of each method with rollouts.

    `outcomes`: columns method and outcome, of all rollouts without an error. `sample`: the rows of data/audit, audited
    or not.
    """
    found: dict[str, Any] = {"auditor": str(sample["auditor"].iloc[0])}
    for method in METHODS:
        counts = outcomes.loc[outcomes["method"] == method, "outcome"].value_counts()
        if len(counts):
            judged = np.array([counts.get(outcome, 0) for outcome in OUTCOMES], np.int64)
            drawn = sample[sample["method"] == method]
            rows = drawn[drawn["audited"].notna()]
            found[method] = {"drawn": len(drawn)} | _method(judged, confusion([*rows["judged"]], [*rows["audited"]]))
    return found


def _method(judged: Counts, audited: Counts) -> dict[str, Any]:
    """Returns the summary of one method. `note` of a rate says why it is not corrected."""
    agreement = agree(audited)
    estimates = corrected(judged, audited)
    notes = {name: _obstacle(name, audited, agreement) for name in RATES}
    return {
        "audited": int(audited.sum()),
        "unsure": int(audited[:, OUTCOMES.index("unscored")].sum()),
        "agreement": asdict(agreement) if audited.sum() else None,
        "confusion": {
            said: dict(zip(OUTCOMES, row, strict=True)) for said, row in zip(OUTCOMES, audited.tolist(), strict=True)
        },
        "rates": {
            name: {
                "judged": _as_judged(name, judged),
                "corrected": asdict(estimates[name]) if note is None else None,
                "note": note,
            }
            for name, note in notes.items()
        },
    }


def _as_judged(name: str, judged: Counts) -> dict[str, float] | None:
    """Returns the rate as if the judge were exact, with Wilson's interval; None if its denominator is 0."""
    part, whole = (int(judged[columns(outcomes)].sum()) for outcomes in RATES[name])
    return asdict(Estimate(part / whole, *interval(part, whole))) if whole else None


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
