"""Reads the questions of a pool from the user's file: a data set, an evaluation log, or any table."""

from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from blindspot.errors import BlindspotError
from blindspot.logs.columns import Columns
from blindspot.logs.json_files import read_json, rows_of
from blindspot.logs.names import REFERENCE, ROW_ID, plain
from blindspot.logs.read import from_frame, read_logs

ANSWERS = (*REFERENCE, "answer", "multiple_choice_answer")  # "answers" of all annotators come first


def read_questions(file: Path, references: Path | None, folder: Path | None) -> pd.DataFrame:
    """Returns the answers frame of the questions, without answers; `attrs["notes"]` says what was read.

    `references`: a JSON file with the true answers by the id of the question, as VQA v2 has one; None if `file` has
    them. `folder`: where relative paths of images are looked for first. Raises BlindspotError if a file cannot be read
    or has no questions.
    """
    columns = Columns(image_folder=folder, questions_only=True)
    if references is None:
        return read_logs([file], columns)
    questions, answers = (pd.DataFrame(rows_of(read_json(path), path), dtype=object) for path in (file, references))
    ids, own = _column(questions, ROW_ID, "the id of a question", file), _column(answers, ROW_ID, "id", references)
    found = _column(answers, ANSWERS, "the true answers", references)
    known = dict(zip(answers[own].map(str), answers[found], strict=True))
    if not known.keys() & set(questions[ids].map(str)):
        raise BlindspotError(
            f"no question of {file} has an answer in {references}", "give the two files of the same data set"
        )
    found_answers = [known.get(str(one)) for one in questions[ids]]
    table = questions.assign(reference=pd.Series(found_answers, questions.index, object))
    return from_frame(table, columns, "pool")


def _column(table: pd.DataFrame, usual: Sequence[str], what: str, path: Path) -> str:
    by_name = {plain(name): str(name) for name in table.columns}
    found = next((by_name[name] for name in usual if name in by_name), None)
    if found is None:
        raise BlindspotError(f"no column of {path} is recognised as {what}", f"name it {usual[0]}")
    return found
