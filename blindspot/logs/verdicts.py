"""Reads the verdicts of a Blindspot run, data/verdicts/verdicts.parquet."""

from pathlib import Path
from typing import Any

import pandas as pd

from blindspot.logs.columns import Columns
from blindspot.logs.known_log import Sample, add_samples
from blindspot.logs.rows import INVALID, NO_VERDICT, Log
from blindspot.logs.tables import read_parquet
from blindspot.logs.values import text_of
from blindspot.paths import DISCOVERED_MODES, ROLLOUTS
from blindspot.records.failure_mode import read_failure_modes
from blindspot.records.rollout import QUOTA
from blindspot.records.verdict import OUTCOMES

_COLUMNS = {"rollout_id", "image_id", "question", "reference", "answer", "outcome", "reason"}
_WRONG = {"failure": 1, "correct": 0}


def is_verdicts(table: pd.DataFrame) -> bool:
    """Returns whether a table has the columns and the outcomes of a run's verdicts."""
    return {*table.columns} >= _COLUMNS and bool(table["outcome"].isin(OUTCOMES).all())


def add_verdicts(log: Log, table: pd.DataFrame, columns: Columns, path: Path) -> None:
    """Adds the rows of a run. Invalid questions and those without a verdict are unscored, with the reason.

    The model is the candidate in the rollouts of the run, or else the name of the file. The questions of the method
    "trained" and those of quotas are sought. The modes that the search found are `discovered`: it asks about other
    images.
    """
    model = _candidate(path)
    log.states_model = model is not None
    rows: list[dict[str, Any]] = table.to_dict("records")  # type: ignore[assignment]
    samples = [
        Sample(
            id=row["rollout_id"],
            question=row["question"],
            options=row.get("options"),
            reference=row["reference"],
            answer=row["answer"],
            wrong=_WRONG.get(row["outcome"]),
            unscored=_unscored(row["outcome"], row["reason"]),
            image_id=row["image_id"],
        )
        for row in rows
    ]
    discovered = _beside(path, DISCOVERED_MODES)
    if discovered.is_file():
        log.discovered = read_failure_modes(discovered)
    first = len(log.rows)
    add_samples(log, samples, columns, model or log.name, path.parent)
    for added, row in zip(log.rows[first:], rows, strict=True):
        added.sought = row.get("method") in ("trained", QUOTA)
        added.mode_id = text_of(row.get("mode_id"))


def _unscored(outcome: str, reason: Any) -> str | None:
    if outcome in _WRONG:
        return None
    kind, text = INVALID if outcome == "invalid" else NO_VERDICT, text_of(reason)
    return f"{kind}: {text}" if text else kind


def _candidate(path: Path) -> str | None:
    """Returns the name of the candidate in the rollouts beside the verdicts, without the digest of its weights."""
    rollouts = _beside(path, ROLLOUTS)
    if not rollouts.is_file():
        return None
    table = read_parquet(rollouts)
    named = [name for name in table.get("candidate", []) if isinstance(name, str) and name]
    return named[0].split("@")[0] if named else None


def _beside(verdicts: Path, other: Path) -> Path:
    """Returns the path of another file under data/ of the run with these verdicts."""
    return verdicts.parent.parent / other.relative_to("data")
