"""Draws a sample of the rollouts and has it audited."""

from collections.abc import Sequence
from dataclasses import MISSING, fields, replace

import pandas as pd

from blindspot.audit.auditors import Auditor
from blindspot.audit.sample import draw_sample
from blindspot.checks.rollouts import AUDITED
from blindspot.records.image import Image
from blindspot.records.rollout import Rollout


def audit(
    rollouts: pd.DataFrame,
    verdicts: pd.DataFrame,
    images: Sequence[Image],
    auditor: Auditor,
    size: int,
    seed: int,
    per_mode: int = 0,
) -> pd.DataFrame:
    """Returns the drawn rollouts in random order, with the outcomes by verifier and auditor (columns of AUDITED).

    `size`: rollouts drawn per method; `per_mode`: of each quota. Raises BlindspotError if the auditor cannot judge.
    """
    sample = draw_sample(rollouts, size, seed, per_mode)
    if "mode_id" not in sample:
        sample["mode_id"] = pd.array([None] * len(sample), dtype="str")
    judged = verdicts[["rollout_id", "outcome", "verifier"]].rename(columns={"outcome": "judged"})
    sample = sample.merge(judged, on="rollout_id", how="left", validate="one_to_one")
    known = {image.image_id: image for image in images}
    columns = [field.name for field in fields(Rollout) if field.default is MISSING]
    modes = sample["mode_id"].astype(object).where(sample["mode_id"].notna(), None)
    rows = zip(sample[columns].itertuples(index=False, name=None), modes, strict=True)
    drawn = [replace(Rollout(*row), mode_id=mode_id) for row, mode_id in rows]
    outcomes = auditor.audit([known[row.image_id] for row in drawn], drawn)
    return sample.assign(audited=pd.array(outcomes, dtype="str"), auditor=auditor.identity)[list(AUDITED.columns)]
