"""Discovers failure modes in everything that exploring and training asked about the training images."""

from collections.abc import Sequence, Set
from dataclasses import asdict, replace

import numpy as np
import pandas as pd

from blindspot.records.failure_mode import FailureMode, FoundIn
from blindspot.records.rollout import Asked
from blindspot.records.verdict import VALID
from blindspot.search.explorer import modes_in
from blindspot.search.predicted import Unasked, predicted_modes
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


def parts_of(questions: pd.DataFrame, modes: Sequence[FailureMode]) -> dict[FoundIn, pd.DataFrame]:
    """Returns the valid questions of each part in which modes are discovered.

    `explore`: those of the exploration. `both`: the same, and as many of the first ones of the training, which asks
    about the same kinds of question again and again later. `rest`: those of both stages that none of `modes` from the
    other parts contains. `predicted`: none. `questions`: as from `questions_of`.
    """
    valid = questions[questions["outcome"].isin(VALID)]
    explored, trained = (valid[valid[STAGE] == stage] for stage in ("explore", "train"))
    known = [{*mode.features} for mode in modes if mode.found_in in ("explore", "both")]
    contained = [any(has_all(features, row.question, row.reference) for features in known) for row in asked_in(valid)]
    parts: dict[FoundIn, pd.DataFrame] = {
        "explore": explored,
        "both": pd.concat([explored, trained.head(len(explored))]),
        "rest": valid[~np.array(contained, dtype=bool)],
        "predicted": valid.iloc[:0],
    }
    return {name: part.reset_index(drop=True) for name, part in parts.items()}


def discover(
    questions: pd.DataFrame,
    explored: Sequence[FailureMode],
    threshold: float,
    few: int,
    min_asked: int,
    worded: Set[str] | None = frozenset(),
    unasked: Sequence[Unasked] = (),
) -> list[FailureMode]:
    """Returns the modes that exploring found, those in both stages together, and those in the rest (`parts_of`).

    Modes in the questions of the exploration and in predicted outcomes of `unasked` ones follow (`search.predicted`).

    `questions`: as from `questions_of`. `explored`: the modes in the questions of the exploration, which no training
    skewed. `few`: fewest valid questions of a mode in both stages together, `min_asked`: in the rest. `worded`:
    features of the wording that modes may have; None for all. The figures of a mode are those of the questions that it
    was found in.
    """
    modes = [replace(mode, found_in="explore") for mode in explored]
    further: tuple[tuple[FoundIn, int], ...] = (("both", few), ("rest", min_asked))
    for part, fewest in further:
        known = {mode.features for mode in modes}
        found = modes_in(asked_in(parts_of(questions, modes)[part]), threshold, fewest, worded)
        modes += [replace(mode, found_in=part) for mode in found if mode.features not in known]
    known = {mode.features for mode in modes}
    explored_only = asked_in(parts_of(questions, modes)["explore"])
    found = predicted_modes(explored_only, unasked, threshold, min_asked, few, worded)
    return modes + [replace(mode, found_in="predicted") for mode in found if mode.features not in known]
