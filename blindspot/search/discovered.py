"""Discovers failure modes in everything that exploring and training asked about the training images."""

from collections.abc import Sequence
from dataclasses import asdict

import pandas as pd

from blindspot.records.failure_mode import FailureMode
from blindspot.records.rollout import Asked
from blindspot.records.verdict import VALID
from blindspot.search.explorer import modes_in
from blindspot.taxonomy.reading.question_features import has_all

STAGE = "stage"  # column that names the stage that asked


def questions_of(explored: Sequence[Asked], trained: Sequence[Asked]) -> pd.DataFrame:
    """Returns the questions of both stages in order, each question about an image once, with the stage that asked it.

    A question that a later step asks again is left out: the candidate gives the same answer.
    """
    rows = [{STAGE: "explore", **asdict(row)} for row in explored] + [
        {STAGE: "train", **asdict(row)} for row in trained
    ]
    frame = pd.DataFrame(rows, columns=[STAGE, *Asked.__dataclass_fields__])
    return frame.drop_duplicates(["image_id", "question"], ignore_index=True)


def asked_in(frame: pd.DataFrame) -> list[Asked]:
    """Returns the rows of a frame with the columns of Asked; a missing value is None."""
    texts = frame[[*Asked.__dataclass_fields__]].astype(object)
    return [Asked(*row) for row in texts.where(texts.notna(), None).itertuples(index=False, name=None)]


def discover(
    questions: pd.DataFrame, explored: Sequence[FailureMode], threshold: float, min_asked: int
) -> list[FailureMode]:
    """Returns the modes that exploring found, and those among the questions that none of these contains.

    `questions`: as from `questions_of`. `explored`: the modes in the questions of the exploration, which no training
    skewed. The figures of a mode are those of the questions that it was found in.
    """
    rest = [
        row
        for row in asked_in(questions)
        if row.outcome in VALID
        and not any(has_all({*mode.features}, row.question, row.reference) for mode in explored)
    ]
    return [*explored, *modes_in(rest, threshold, min_asked)]
