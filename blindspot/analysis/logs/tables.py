"""Reads tables from CSV, TSV, Excel and Parquet files."""

import csv
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import pandas as pd

from blindspot.analysis.logs.text_files import encoding_of, opened
from blindspot.errors import BlindspotError

SEPARATORS = ",;\t|"


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
    return table, [f"{path}: the sheet {names[0]} is read, and not {unread}"] if unread else []


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
