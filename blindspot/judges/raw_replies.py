"""Raw replies that are kept beside the verdicts, for a person to read."""

import pandas as pd

from blindspot.params import KeepRaw
from blindspot.records.verdict import OUTCOMES


def raw_replies(verdicts: pd.DataFrame, candidate: pd.DataFrame, keep: KeepRaw) -> pd.DataFrame:
    """A row for each rollout whose replies are kept: `rollout_id`, `candidate` (a text), `judge` (a list of texts).

    `verdicts`: rows with `rollout_id`, `outcome` and the judge's replies as `raw`. `candidate`: rows with `rollout_id`
    and the candidate's reply as `raw`. `keep`: "failures" keeps the unscored ones too.
    """
    kept = {"all": OUTCOMES, "failures": ("failure", "unscored"), "none": ()}[keep]
    rows = verdicts.loc[verdicts["outcome"].isin(kept), ["rollout_id", "raw"]].rename(columns={"raw": "judge"})
    rows["judge"] = rows["judge"].map(list)
    found = rows.merge(
        candidate.rename(columns={"raw": "candidate"}), on="rollout_id", how="left", validate="one_to_one"
    )
    return found[["rollout_id", "candidate", "judge"]]
