"""Asks the candidate of one run the questions of another run, and has the answers judged as in that run."""

from contextlib import chdir
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from blindspot.diff.side import UNSELECTED, Side
from blindspot.errors import BlindspotError
from blindspot.factory import open_candidate, open_verifier
from blindspot.judges.judging import judge_all
from blindspot.metrics import refuse_unscored
from blindspot.params import PARAMS, CandidateParams, VerifierParams, load, read
from blindspot.paths import IMAGES
from blindspot.pool.questions import FILE, read_pool
from blindspot.protocols import Verifier
from blindspot.records.answer import Answer
from blindspot.records.image import Image
from blindspot.records.verdict import VALID
from blindspot.store import read_images


@dataclass(frozen=True)
class Asked:
    """What one candidate answers to the questions of the other run.

    `rows`: the valid questions that were not chosen for their outcome, a row each, with `place` (of the question in
    the rows of the run that has it), `answer` and `failed`. `failures`: the number of failures of the run in the valid
    questions; `again`: how many of them this candidate fails too.
    """

    rows: pd.DataFrame
    failures: int
    again: int


def to_ask(source: Side) -> pd.DataFrame:
    """Returns the questions of a run that confirmed its modes, and its failures. `chosen`: only because it failed."""
    quotas = source.rows["mode_id"].notna()
    confirming = quotas if quotas.any() else source.rows["method"].isin(UNSELECTED)
    failed = source.rows["outcome"].eq("failure")
    rows = source.rows[confirming | failed]
    return rows.assign(chosen=~confirming[rows.index])


def open_judge(side: Side, source: Side) -> tuple[Path, Verifier]:
    """Returns the folder that has the images of the run `source`, and its verifier.

    Both are those of `side` if `source` is no folder, but an MLflow run. Raises BlindspotError if a model cannot be
    opened.
    """
    home = source.folder if can_answer(source) else side.folder
    with chdir(home):
        return home, open_verifier(load("verifier", VerifierParams), read()["verify"]["model"])


def ask(side: Side, source: Side, questions: pd.DataFrame, home: Path, verifier: Verifier) -> Asked:
    """Asks the candidate of `side` these questions of the run `source`, whose verifier judges the answers.

    `home`, `verifier`: from `open_judge`. Raises BlindspotError if an image is missing, if a model cannot be opened,
    or if too many answers are unscored.
    """
    known = {image.image_id: image for image in read_images("test", home.resolve() / IMAGES)}
    if missing := {*questions["image_id"]} - known.keys():
        problem = f"{side.name} has no image {min(missing)}, which {source.name} asks about"
        raise BlindspotError(problem, "prepare the same images, or leave --ask out")
    images, texts = [known[name] for name in questions["image_id"]], questions["question"].tolist()
    answers = _answers(side.folder, home, images, texts)
    with chdir(home):
        most = read()["verify"]["max_unscored_rate"]
        verdicts = judge_all(verifier, images, texts, answers)
    refuse_unscored(verdicts, most, f"answers of {side.name}")
    outcomes = pd.Series([verdict.outcome for verdict in verdicts], questions.index)
    failed, valid = outcomes.eq("failure"), outcomes.isin(VALID)
    rows = pd.DataFrame(
        {"place": questions.index, "answer": [one.text for one in answers], "failed": failed.to_numpy()}
    )
    kept = (valid & ~questions["chosen"]).to_numpy()
    source_failed = questions["outcome"].eq("failure") & valid
    return Asked(rows[kept].reset_index(drop=True), int(source_failed.sum()), int((source_failed & failed).sum()))


def can_answer(side: Side) -> bool:
    """Returns whether a side is the folder of a run, whose params.yaml names its models."""
    return side.is_run and (side.folder / PARAMS).is_file()


def _answers(side: Path, home: Path, images: list[Image], texts: list[str]) -> list[Answer]:
    """Returns the answers of the candidate that the run in `side` tested. The model is closed afterwards."""
    with chdir(home):
        pool = read_pool() if (IMAGES / FILE).is_file() else None
    with chdir(side):
        return open_candidate(load("candidate", CandidateParams), pool).answer(images, texts)
