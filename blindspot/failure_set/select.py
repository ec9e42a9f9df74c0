"""Which rollouts are in the failure set."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from blindspot.records.failure import Failure
from blindspot.records.verdict import VALID

OVERRULED = ("correct", "invalid")  # what an auditor may call a failure that is none
TRAITS = ("skills", "meta_skills", "features")


@dataclass(frozen=True)
class ModeCount:
    """A failure mode: how many failures of the set are of it, and its rate over the harvest (95 % interval)."""

    name: str
    here: int
    asked: int
    failures: int
    low: float
    high: float


@dataclass(frozen=True)
class FailureSet:
    """The failures, in the order in which they were harvested, and what the card says of them.

    `candidate`, `verifier`: who they were, also where nothing failed. `asked`: valid questions that were harvested.
    `repeated`: failures left out because the same was asked about the same image before; `overruled`: left out because
    the auditor says that they are none.
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
    modes: Sequence[Mapping[str, Any]],
) -> FailureSet:
    """The verified failures, whoever asked.

    `rows`: rollouts with their verdicts. `pictures`: the file of each image id. `sample`: what the audit drew.
    `questions`: rollout_id and the lists of names TRAITS of each valid question. `modes`: as in failure_modes.json.
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
        candidate=_names(rows["candidate"]),
        verifier=_names(rows["verifier"]),
        asked=int(rows["outcome"].isin(VALID).sum()),
        repeated=len(agreed) - len(kept),
        overruled=len(failed) - len(agreed),
    )


def _features(questions: pd.DataFrame) -> dict[str, set[str]]:
    """The names of all features of each question, by rollout id."""
    lists = zip(*(questions[column] for column in TRAITS), strict=True)
    return {
        rollout_id: {name for names in found for name in names}
        for rollout_id, found in zip(questions["rollout_id"], lists, strict=True)
    }


def _failure(
    row: Mapping[Any, Any],
    pictures: Mapping[str, Path],
    audited: Mapping[str, str],
    having: Mapping[str, set[str]],
    modes: Sequence[Mapping[str, Any]],
) -> Failure:
    features = having.get(row["rollout_id"], set())
    return Failure(
        rollout_id=row["rollout_id"],
        image_id=row["image_id"],
        picture=pictures[row["image_id"]],
        question=row["question"],
        reference=row["reference"],
        candidate_answer=row["answer"],
        failure_modes=tuple(mode["name"] for mode in modes if features.issuperset(mode["features"])),
        method=row["method"],
        questioner=row["questioner"],
        candidate=row["candidate"],
        verifier=row["verifier"],
        audited=audited.get(row["rollout_id"]),
        persists=None if pd.isna(row["persists"]) else float(row["persists"]),
    )


def _count(mode: Mapping[str, Any], failures: Sequence[Failure]) -> ModeCount:
    here = sum(mode["name"] in failure.failure_modes for failure in failures)
    return ModeCount(mode["name"], here, mode["asked"], mode["failures"], mode["low"], mode["high"])


def _names(column: "pd.Series[Any]") -> str:
    return ", ".join(sorted({str(name) for name in column.dropna() if name})) or "nobody"
