"""Makes rows of the answers frame from samples that a reader of a known log has brought into one form."""

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from blindspot.logs.columns import Columns
from blindspot.logs.rows import Log
from blindspot.logs.table_log import add_table


@dataclass(slots=True)
class Sample:
    """One answer in a known log. `wrong` is a verdict, `score` a number; a log has one of them or neither."""

    id: Any = None
    question: Any = None
    options: Any = None
    reference: Any = None
    answer: Any = None
    raw: Any = None
    wrong: Any = None
    correct: Any = None
    score: Any = None
    unscored: str | None = None
    image: Any = None
    image_id: Any = None


def add_samples(log: Log, samples: list[Sample], columns: Columns, model: str, folder: Path) -> None:
    """Adds the samples to the log. Of `columns`, the limit of scores and the folder of images apply."""
    table = pd.DataFrame([asdict(sample) for sample in samples], dtype=object)
    verdict = next((name for name in ("score", "correct") if table[name].notna().any()), "wrong")
    named = Columns(
        question="question",
        reference="reference",
        answer="answer",
        wrong="wrong" if verdict == "wrong" else None,
        correct="correct" if verdict == "correct" else None,
        score="score" if verdict == "score" else None,
        wrong_below=columns.wrong_below,
        image="image",
        image_id="image_id",
        row_id="id",
        image_folder=columns.image_folder,
        questions_only=columns.questions_only,
    )
    add_table(log, table, named, model, folder)
