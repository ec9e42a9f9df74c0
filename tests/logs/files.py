"""Writes small logs for tests."""

import csv
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from blindspot.logs.columns import Columns
from blindspot.logs.read import from_frame, read_logs

DATA = Path(__file__).with_name("data")
Rows = Sequence[Mapping[str, Any]]


def write_csv(path: Path, rows: Rows, delimiter: str = ",") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]), delimiter=delimiter)
        writer.writeheader()
        writer.writerows(rows)
    return path


def write_jsonl(path: Path, rows: Rows) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    return path


def read(*files: Path, **columns: Any) -> pd.DataFrame:
    return read_logs(files, Columns(**columns))


def table(rows: Rows, **columns: Any) -> pd.DataFrame:
    """The answers frame of a pandas frame with these rows."""
    return from_frame(pd.DataFrame(list(rows)), Columns(**columns), "the-model")


def row(frame: pd.DataFrame, number: int = 0) -> dict[str, Any]:
    return dict(frame.iloc[number])


def notes(frame: pd.DataFrame) -> str:
    return "\n".join(frame.attrs["notes"])
