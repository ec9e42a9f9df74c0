"""Selects the rollouts of the failure set."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from blindspot.records.failure import Failure
from blindspot.records.failure_mode import FailureMode, Strength
from blindspot.records.verdict import VALID

OVERRULED = ("correct", "invalid")  # outcomes of the auditor that overrule a failure


@dataclass(frozen=True)
class ModeCount:
    """A failure mode: the number of failures in the set (`here`), and its figures (95 % interval).

    `strength`: of the evidence; None if the mode is not confirmed.
    """

    name: str
    here: int
    asked: int
    failures: int
    low: float
    high: float
    strength: Strength | None


@dataclass(frozen=True)
class FailureSet:
    """The failures, in the order of the harvest, and the figures for the card.

    `candidate`, `verifier`: their names, even if there are no failures. `asked`: the number of valid questions in the
    harvest. `repeated`: failures left out because the same question about the same image is already in the set.
    `overruled`: failures left out because the auditor gave another outcome.
    """

    failures: tuple[Failure, ...]
    modes: tuple[ModeCount, ...]
    candidate: str
    verifier: str
    asked: int
    repeated: int
    overruled: int


def select(
    rows: pd.DataFrame,
    pictures: Mapping[str, Path],
    sample: pd.DataFrame,
    questions: pd.DataFrame,
    modes: Sequence[FailureMode],
) -> FailureSet:
    """Returns the verified failures of all methods.

    `rows`: rollouts with their verdicts. `pictures`: the file of each image, by id. `sample`: the audit sample.
    `questions`: rollout_id and features of each valid question. `modes`: those of which failures are named.
    """
    seen = sample.dropna(subset="audited")
    audited = dict(zip(seen["rollout_id"], seen["audited"], strict=True))
    failed = rows[rows["outcome"] == "failure"]
    agreed = failed[~failed["rollout_id"].map(audited).isin(OVERRULED)]
    kept = agreed.drop_duplicates(["image_id", "question"])
    having = _features(questions)
    failures = tuple(_failure(row, pictures, audited, having, modes) for row in kept.to_dict("records"))
    return FailureSet(
        failures=failures,
        modes=tuple(_count(mode, failures) for mode in modes),
        candidate=names_in(rows["candidate"]),
        verifier=names_in(rows["verifier"]),
        asked=int(rows["outcome"].isin(VALID).sum()),
        repeated=len(agreed) - len(kept),
        overruled=len(failed) - len(agreed),
    )


def _features(questions: pd.DataFrame) -> dict[str, set[str]]:
    """Returns the features of each question, by rollout id."""
    return {name: {*found} for name, found in zip(questions["rollout_id"], questions["features"], strict=True)}


def _failure(
    row: Mapping[Any, Any],
    pictures: Mapping[str, Path],
    audited: Mapping[str, str],
    having: Mapping[str, set[str]],
    modes: Sequence[FailureMode],
) -> Failure:
    features = having.get(row["rollout_id"], set())
    return Failure(
        rollout_id=row["rollout_id"],
        image_id=row["image_id"],
        picture=pictures[row["image_id"]],
        question=row["question"],
        reference=row["reference"],
        candidate_answer=row["answer"],
        failure_modes=tuple(mode.name for mode in modes if mode.contains(features)),
        method=row["method"],
        questioner=row["questioner"],
        candidate=row["candidate"],
        verifier=row["verifier"],
        audited=audited.get(row["rollout_id"]),
        persists=None if pd.isna(row["persists"]) else float(row["persists"]),
    )


def _count(mode: FailureMode, failures: Sequence[Failure]) -> ModeCount:
    here = sum(mode.name in failure.failure_modes for failure in failures)
    return ModeCount(mode.name, here, mode.asked, mode.failures, mode.low, mode.high, mode.strength)


def names_in(column: "pd.Series[Any]") -> str:
    """Returns the name in a column; several, separated by commas, if the rows differ; "unknown" if there is none."""
    return ", ".join(sorted({str(name) for name in column.dropna() if name})) or "unknown"
