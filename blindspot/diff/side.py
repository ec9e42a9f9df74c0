"""Reads one side of a comparison: a finished run of the pipeline, or the analysis of one model's log."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import chain
from pathlib import Path
from typing import Any

import pandas as pd

from blindspot.analysis.view import rate_of
from blindspot.diff import mlflow_runs, revision
from blindspot.errors import BlindspotError
from blindspot.paths import FAILURE_MODES, ROLLOUTS, VERDICTS
from blindspot.records.failure_mode import FailureMode, read_failure_modes
from blindspot.records.verdict import VALID
from blindspot.report.rates import Rate
from blindspot.results import Run, open_run

UNSELECTED = ("base", "templates")  # methods whose questions do not depend on the candidate
LISTS = ("abilities", "groups", "features")
COLUMNS = [
    *("image_id", "question", "key", "answer", "reference", "outcome", "features", "held_out", "disputed"),
    *("method", "mode_id"),
]


@dataclass(frozen=True)
class Side:
    """A finished run, or the analysis of one model.

    `name`: as the user gave it. `candidate`: the model under test. `verifiers`: who judged, sorted. `rows`: the valid
    questions with COLUMNS: `image_id` (None without an image), `key` (what identifies the question with its image,
    equal on both sides), `features` (a frozen set), `held_out` (False for questions in which this side's modes were
    discovered), `disputed` (whether the log's verdict and the reference disagree), `method` and `mode_id` (None in an
    analysis). `modes`: the discovered failure modes.
    """

    name: str
    folder: Path
    candidate: str
    verifiers: tuple[str, ...]
    rows: pd.DataFrame
    modes: tuple[FailureMode, ...]
    is_run: bool

    @cached_property
    def held_out(self) -> pd.DataFrame:
        """The questions that no mode was discovered in and that were not chosen for the candidate's failures."""
        rows = self.rows[self.rows["held_out"]]
        return rows[rows["method"].isin(UNSELECTED)] if self.is_run else rows

    def mode(self, features: Sequence[str]) -> FailureMode | None:
        """Returns the mode with these features; None if this side did not discover it."""
        return next((mode for mode in self.modes if {*mode.features} == {*features}), None)

    def rate(self, mode: FailureMode) -> Rate | None:
        """Returns the reference rate of a kind of question on this side; None if no question of it was asked."""
        own = self.mode(mode.features)
        if own is not None and own.status is not None:
            return Rate(own.error_rate, own.low, own.high, own.failures, own.asked) if own.asked else None
        return _rate(self.held_out[[mode.contains(has) for has in self.held_out["features"]]])


def _rate(rows: pd.DataFrame) -> Rate | None:
    """Returns the error rate of valid questions; None without questions."""
    return rate_of(rows["outcome"].eq("failure").to_numpy(), clusters(rows)) if len(rows) else None


def clusters(rows: pd.DataFrame) -> Any:
    """Returns the number of the image of each question; a question without an image is a cluster of its own text."""
    return pd.factorize(rows["image_id"].fillna(rows["question"]))[0]


def read_side(name: str) -> Side:
    """Reads the side that `name` names: a folder, an MLflow run (runs:/ID), or a Git revision of a run (git:REV).

    Raises BlindspotError if it is none of them, or if it is the analysis of several models.
    """
    if name.startswith(mlflow_runs.SCHEME):
        return read_folder(mlflow_runs.download(name), name)
    if name.startswith(revision.SCHEME):
        return read_folder(revision.restore(name, Path.cwd()), name)
    return read_folder(Path(name), name)


def read_folder(folder: Path, name: str) -> Side:
    """Reads the side in a folder. `name`: as the user gave it. Raises BlindspotError as `read_side` does."""
    if not folder.is_dir():
        raise BlindspotError(f"{name} does not exist", "name the folder of a finished run or of an analysis")
    if not (folder / VERDICTS).is_file():
        models = sorted(one.parents[2].name for one in folder.glob(f"*/{VERDICTS}"))
        if models:
            listed = ", ".join(models[:8])
            raise BlindspotError(f"{name} holds the analyses of several models", f"name the folder of one: {listed}")
    run = open_run(folder)
    is_run = (folder / ROLLOUTS).is_file()
    rows = _run_rows(run) if is_run else _analysis_rows(run)
    modes = tuple(read_failure_modes(folder / FAILURE_MODES))
    verifiers = tuple(sorted({*map(str, run.questions["verifier"].dropna())})) if is_run else ()
    candidate = ", ".join(sorted({*map(str, run.questions["candidate"])} - {""})) if is_run else folder.resolve().name
    return Side(name, folder, candidate, verifiers, rows, modes, is_run)


def _run_rows(run: Run) -> pd.DataFrame:
    """Returns the valid questions of a run about test images, in which none of its modes was discovered."""
    frame = run.questions
    if "features" not in frame:
        raise BlindspotError(f"{run.folder} has no taxonomy", "finish the run: `dvc repro` there")
    frame = frame[frame["outcome"].isin(VALID)].reset_index(drop=True)
    keys = [*zip(frame["image_id"], map(_plain, frame["question"]), strict=True)]
    rows = frame.assign(
        key=pd.Series(keys, frame.index, object),
        features=pd.Series([frozenset(features) for features in frame["features"]], frame.index, object),
        held_out=frame["part"].eq("held_out"),
        disputed=False,
        mode_id=frame["mode_id"].where(frame["mode_id"].notna(), None) if "mode_id" in frame else None,
    )
    return rows.drop_duplicates("key").reset_index(drop=True)[COLUMNS]


def _analysis_rows(run: Run) -> pd.DataFrame:
    """Returns the scored answers of an analysis.

    The key of a row has the reference and the options, which belong to the question, and counts equal rows.
    """
    frame = run.questions
    frame = frame[frame["outcome"].isin(VALID)].reset_index(drop=True)
    options = [tuple(one) for one in frame["options"]]
    images = frame["image_id"].where(frame["image_id"].notna(), None)
    known = [
        *zip(images, map(_plain, frame["question"].fillna("")), options, frame["reference"].map(str), strict=True)
    ]
    number = pd.Series(known, frame.index, object).groupby(pd.Series(known, frame.index, object)).cumcount()
    rows = frame.assign(
        image_id=images,
        question=frame["question"].fillna(""),
        key=pd.Series([(*one, count) for one, count in zip(known, number, strict=True)], frame.index, object),
        features=pd.Series(_features(frame), frame.index, object),
        held_out=frame["part"].eq("held_out"),
        method=None,
    )
    return rows[COLUMNS]


def _features(frame: pd.DataFrame) -> list[frozenset[str]]:
    """Reads the features of each question again, as `analyze` read them."""
    from blindspot.analysis.analyze import read_rows

    options = [dict(one.split(". ", 1) for one in texts) for texts in frame["options"]]
    references = [[*one] for one in frame["references"]]
    lists = {"options": pd.Series(options, frame.index), "references": pd.Series(references, frame.index, object)}
    read = read_rows(frame.assign(row_id=frame["rollout_id"], **lists))
    return [frozenset(chain(*lists)) for lists in zip(*(read[name] for name in LISTS), strict=True)]


def _plain(question: str) -> str:
    return " ".join(question.split())
