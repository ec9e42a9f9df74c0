"""Probes the verdicts of a harvest: repeats the failures, and tests the judge with prompt injections."""

import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from blindspot.checks.rollouts import REPEAT
from blindspot.metrics import refuse_unscored
from blindspot.probes.injections import ASKING
from blindspot.probes.repeats import ask_again, repeat_rates
from blindspot.probes.susceptibility import Judged, susceptibility
from blindspot.protocols import Candidate, Verifier
from blindspot.records.image import Image
from blindspot.records.rollout import METHODS
from blindspot.store import to_frame
from blindspot.verification import scored_rows

MOST_PER_TEXT = 8  # judgements for an injected text, and for the texts that it is compared with
CARRIERS = 4  # rollouts of each outcome into which injected texts are put


def no_repeats() -> pd.DataFrame:
    """Returns an empty frame of repeats."""
    return pd.DataFrame(columns=list(REPEAT.columns))


def repeat_failures(
    failures: pd.DataFrame,
    images: Sequence[Image],
    candidate: Candidate,
    verifier: Verifier,
    rounds: int,
    temperature: float,
    limit: float,
) -> pd.DataFrame:
    """Asks about each failure again, `rounds` times in each way; returns one row per repeat (columns of REPEAT).

    Raises BlindspotError if more than a share of `limit` of the repeats is unscored.
    """
    known = {image.image_id: image for image in images}
    with tempfile.TemporaryDirectory() as folder:
        found = ask_again(failures, known, candidate, verifier, rounds, temperature, Path(folder))
    frame = to_frame(found)
    refuse_unscored(scored_rows(frame), limit, "repeats", fix=f"or raise verify.max_unscored_rate (now {limit:g})")
    return frame


def measure_repeats(verdicts: pd.DataFrame, repeats: pd.DataFrame) -> dict[str, dict[str, Any]]:
    """Returns under "repeats" the rates of each method's repeats; an empty dict without repeats."""
    if repeats.empty:
        return {}
    of = {method: verdicts[verdicts["method"] == method] for method in METHODS}
    again = {method: repeats[repeats["rollout_id"].isin(rows["rollout_id"])] for method, rows in of.items()}
    return {"repeats": {method: repeat_rates(rows, again[method]) for method, rows in of.items()}}


def probe_judge(
    verdicts: pd.DataFrame, images: Sequence[Image], verifier: Verifier, texts: int
) -> dict[str, dict[str, Any]]:
    """Returns under "susceptibility" what the judge does with the first `texts` of ASKING; an empty dict if 0."""
    if not texts:
        return {}
    known = {image.image_id: image for image in images}
    carriers = verdicts.groupby("outcome", sort=False).head(CARRIERS)[["image_id", "question", "answer", "outcome"]]
    rollouts = [Judged(known[name], *rest) for name, *rest in carriers.itertuples(index=False)]
    return {"susceptibility": susceptibility(verifier, rollouts, ASKING[:texts])}
