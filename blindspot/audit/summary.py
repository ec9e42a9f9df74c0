"""What an audit says of each method's rates: as judged, corrected, and how far the judge agrees with the auditor."""

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

FEWEST = 30  # audited rollouts in a rate's denominator; with fewer it is not corrected


def summarize(outcomes: pd.DataFrame, sample: pd.DataFrame) -> dict[str, Any]:
    """Of each method that asked, and of the auditor, what metrics/audit.json says.

    `outcomes`: columns method and outcome, of all rollouts that were asked and answered. `sample`: the rows of
    data/audit, part of them audited.
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
    """`note` of a rate: why it is not corrected."""
    agreement = agree(audited)
    estimates = corrected(judged, audited)
    notes = {name: _refusal(name, audited, agreement) for name in RATES}
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
    """The rate as though the judge were exact (Wilson); None where its denominator is 0."""
    part, whole = (int(judged[columns(outcomes)].sum()) for outcomes in RATES[name])
    return asdict(Estimate(part / whole, *interval(part, whole))) if whole else None


def _refusal(name: str, audited: Counts, agreement: Agreement) -> str | None:
    """Why a rate cannot be corrected, or None."""
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
