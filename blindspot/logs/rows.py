"""One row of the answers frame, and the rows of one log."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field, fields
from math import isnan, nan

import pandas as pd

from blindspot.records.failure_mode import FailureMode
from blindspot.records.unscored import Unscored

INVALID, NO_VERDICT = "invalid question", "no verdict"  # why rows of a run's verdicts are unscored
#: How a note tells why rows are unscored; the key is the reason, or what stands before its colon.
REASONS = {
    Unscored.NO_QUESTION.value: "no question",
    Unscored.NO_ANSWER.value: "no answer",
    INVALID: "an invalid question",
    "error": "an error instead of an answer",
    "limit": "an answer that a limit ended early",
}


@dataclass(slots=True)
class Row:
    """One answer of one model to one question; the fields are the columns of the answers frame.

    `sought`: whether a questioner asked it that was trained on, or steered to, what the model answers wrong.
    `mode_id`: the failure mode for which it was asked.
    """

    model: str
    row_id: str
    question: str
    options: dict[str, str] = field(default_factory=dict)
    references: list[str] = field(default_factory=list)
    answer: str | None = None
    raw: str | None = None
    wrong: float = nan
    score: float = nan
    unscored: str | None = None
    image_id: str | None = None
    image: str | bytes | None = None
    sought: bool = False
    mode_id: str | None = None


@dataclass(slots=True)
class Log:
    """The rows of one file or frame.

    `source` names it in messages. `name` tells its ids apart from those of other files, such as the task of an
    evaluation. `states_model`: whether the log names the models, which are else named after the file.
    `discovered`: the failure modes that a search found in other questions than the rows.
    """

    source: str
    name: str
    rows: list[Row] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    states_model: bool = False
    discovered: list[FailureMode] = field(default_factory=list)


TYPES = {"wrong": "float64", "score": "float64", "sought": "bool"}
TEXTS = ("model", "row_id", "question", "answer", "raw", "unscored", "image_id", "image")


def frame_of(rows: Iterable[Row], notes: list[str]) -> pd.DataFrame:
    """Returns the answers frame. Its `attrs["notes"]` are sentences about the rows, for the user."""
    rows = list(rows)
    columns = {
        one.name: pd.Series([getattr(row, one.name) for row in rows], dtype=TYPES.get(one.name, "object"))
        for one in fields(Row)
    }
    frame = pd.DataFrame(columns)
    frame.attrs["notes"] = notes
    return frame


def clean_texts(log: Log) -> None:
    """Replaces lone surrogates, which JSON can hold and UTF-8 cannot, with U+FFFD."""
    for row in log.rows:
        for name in TEXTS:
            text = getattr(row, name)
            if isinstance(text, str) and not text.isascii():
                setattr(row, name, _encodable(text))
        row.references = [_encodable(text) for text in row.references]
        row.options = {_encodable(letter): _encodable(text) for letter, text in row.options.items()}
    log.notes = [_encodable(note) for note in log.notes]


def _encodable(text: str) -> str:
    """Returns the text with surrogate pairs joined and lone surrogates replaced."""
    return text if text.isascii() else text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def settle(log: Log) -> None:
    """Marks rows without a question, or with neither answer nor verdict, as unscored, and notes how many there are.

    An unscored row has no verdict: what the log says about a missing answer is not a judgement of an answer.
    """
    dismissed: Counter[str] = Counter()
    unscored: Counter[str] = Counter()
    for row in log.rows:
        if not row.question:
            row.unscored = row.unscored or Unscored.NO_QUESTION.value
        elif row.answer is None and isnan(row.wrong):
            row.unscored = row.unscored or Unscored.NO_ANSWER.value
        if row.unscored is not None:
            kind = row.unscored.split(":")[0]
            unscored[kind] += 1
            dismissed[kind] += not isnan(row.wrong)
            row.wrong = row.score = nan
    for kind, count in sorted(unscored.items()):
        had = f" (the log gives {dismissed[kind]:,} of them a verdict)" if dismissed[kind] else ""
        log.notes.append(f"{log.source}: {counted(count)} {REASONS.get(kind, kind)} and {_are(count)} unscored{had}")


def counted(count: int) -> str:
    """Returns "1 row has" or "N rows have"."""
    return "1 row has" if count == 1 else f"{count:,} rows have"


def _are(count: int) -> str:
    return "is" if count == 1 else "are"
