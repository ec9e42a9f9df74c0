"""Reads tables from CSV, TSV, Excel and Parquet files."""

import csv
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import pandas as pd

from blindspot.errors import BlindspotError
from blindspot.logs.names import QUESTION, plain
from blindspot.logs.text_files import encoding_of, opened
from blindspot.logs.values import text_of

SEPARATORS = ",;\t|"
TITLE_ROWS = 5  # rows of a sheet in which the names of the columns are looked for


def read_csv(path: Path, tabs: bool) -> pd.DataFrame:
    """Returns the cells of a CSV or TSV file as texts. An empty cell is "", and "NA" or "None" stays as it is."""
    encoding = encoding_of(path)
    separator = "\t" if tabs else _separator(path, encoding)
    with opened(path, encoding) as file:  # the decoding error of a text file names its line
        try:
            table = pd.read_csv(
                file, sep=separator, dtype=str, keep_default_na=False, index_col=None, low_memory=False
            )
        except pd.errors.EmptyDataError:
            raise BlindspotError(f"{path} is empty", "give a file with rows") from None
        except (pd.errors.ParserError, csv.Error) as error:
            reason = re.sub(r"^.*C error: ", "", " ".join(str(error).split()))
            raise BlindspotError(
                f"{path} cannot be read as a table ({reason})", "correct the file: texts with separators need quotes"
            ) from None
    if not isinstance(table.index, pd.RangeIndex):
        raise BlindspotError(
            f"{path} has more fields in its rows than names in its first line", "name every column in the first line"
        )
    return table


def _separator(path: Path, encoding: str) -> str:
    """Returns the separator that occurs most often in the line of names; a comma if none does."""
    with opened(path, encoding) as file:
        names = file.readline(1_000_000)
    return max(SEPARATORS, key=names.count)


def read_excel(path: Path) -> tuple[pd.DataFrame, list[str]]:
    """Returns the first sheet of an Excel file, and a note if there are others."""
    sheets = _or_error(path, "an Excel file", lambda: pd.ExcelFile(path, engine="openpyxl"))
    with sheets:
        names = [str(name) for name in sheets.sheet_names]
        if not names:
            raise BlindspotError(f"{path} has no sheet", "give a file with a table")
        table: pd.DataFrame = _or_error(
            path,
            "an Excel file",
            lambda: pd.read_excel(sheets, sheet_name=names[0], dtype=object, keep_default_na=False),
        )
    unread = ", ".join(names[1:])
    notes = [f"{path}: the sheet {names[0]} is read, and not {unread}"] if unread else []
    row = _row_of_names(table)
    if row is None:
        return table, notes
    texts = [text_of(cell) or f"Unnamed: {place}" for place, cell in enumerate(table.iloc[row])]
    named = table.iloc[row + 1 :].set_axis(texts, axis=1).reset_index(drop=True)
    return named, [*notes, f"{path}: row {row + 2} is read as the names of the columns"]


def _row_of_names(table: pd.DataFrame) -> int | None:
    """Returns the row that names the columns if a title is above it, None if the first line of the sheet does."""
    columns = [*map(plain, table.columns)]
    if not any(name.startswith("unnamed_") for name in columns) or any(name in QUESTION for name in columns):
        return None
    rows = ([plain(cell) for cell in table.iloc[row]] for row in range(min(len(table), TITLE_ROWS)))
    return next((row for row, cells in enumerate(rows) if any(cell in QUESTION for cell in cells)), None)


def read_parquet(path: Path) -> pd.DataFrame:
    """Returns the table of a Parquet file."""
    from pyarrow import parquet

    table: pd.DataFrame = _or_error(
        path, "Parquet", lambda: parquet.ParquetFile(path).read().to_pandas(ignore_metadata=True)
    )
    return table


def _or_error(path: Path, kind: str, read: Callable[[], Any]) -> Any:
    try:
        return read()
    except (OSError, ValueError, KeyError, TypeError, EOFError, BadZipFile, NotImplementedError) as error:
        reason = " ".join(str(error).split())[:200]
        raise BlindspotError(
            f"{path} cannot be read as {kind} ({reason})", "check that it is complete and that its ending is right"
        ) from None
