"""Selects the raw replies that are stored with the verdicts, for people to read."""

import pandas as pd

from blindspot.params import KeepRaw
from blindspot.records.verdict import OUTCOMES


def raw_replies(verdicts: pd.DataFrame, candidate: pd.DataFrame, keep: KeepRaw) -> pd.DataFrame:
    """Returns a row for each rollout whose replies are kept.

    Columns: rollout_id, candidate (a text), judge (a list of texts). `verdicts`: columns rollout_id, outcome and raw
    (the judge's replies). `candidate`: columns rollout_id and raw (the candidate's reply). `keep`: "failures" means
    failures and unscored questions.
    """
    kept = {"all": OUTCOMES, "failures": ("failure", "unscored"), "none": ()}[keep]
    rows = verdicts.loc[verdicts["outcome"].isin(kept), ["rollout_id", "raw"]].rename(columns={"raw": "judge"})
    rows["judge"] = rows["judge"].map(list)
    found = rows.merge(
        candidate.rename(columns={"raw": "candidate"}), on="rollout_id", how="left", validate="one_to_one"
    )
    return found[["rollout_id", "candidate", "judge"]]
