"""Reads the rows of a table: CSV, TSV, Parquet or JSON lines."""

import csv
import io
import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from blindspot.errors import BlindspotError

SEPARATORS = {".csv": ",", ".tsv": "\t", ".tab": "\t"}
OTHER_SEPARATORS = {";": "semicolons", "\t": "tabs", "|": "vertical bars"}
COLUMNS = ("path", "file_name", "image_id", "scene")  # others are not read


class Row(NamedTuple):
    """`where`: the row, as the user knows it. `problem`: why the row cannot be used, said of the row."""

    where: str
    cells: Mapping[str, Any]
    problem: str | None = None


class Table(NamedTuple):
    """The names of the columns, and the rows."""

    columns: list[str]
    rows: list[Row]


def read_table(file: Path, what: str) -> Table:
    """Reads a table; `what` names it in errors. Text is stripped of blanks around it.

    Raises BlindspotError if the table as a whole cannot be read. A row that cannot be read has a problem.
    """
    suffix = file.suffix.lower()
    if suffix in SEPARATORS:
        return _read_csv(file, what, suffix)
    return _read_json_lines(file, what) if suffix == ".jsonl" else _read_parquet(file, what)


def shown(name: object) -> str:
    """Returns a file name as text that can be printed and stored: bytes that are not UTF-8 are escaped."""
    return os.fsencode(str(name)).decode("utf-8", "backslashreplace") if _is_file_name(str(name)) else ascii(name)


def _is_file_name(name: str) -> bool:
    try:
        os.fsencode(name)
    except UnicodeEncodeError:
        return False
    return True


def read_text(file: Path) -> str:
    """Returns the text of a file in UTF-8, or in UTF-16 with a byte order mark. Raises OSError or ValueError."""
    if not file.is_file():
        raise FileNotFoundError(2, "it is missing or not a regular file")
    data = file.read_bytes()
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise ValueError(f"line {line} is not UTF-8") from None


def _read_csv(file: Path, what: str, suffix: str) -> Table:
    rows: list[Row] = []
    try:
        text = io.StringIO(read_text(file), newline="")
        reader = csv.reader(text, delimiter=SEPARATORS[suffix], skipinitialspace=True, strict=True)
        names = [_column(name.strip()) for name in next(reader, [])]
        if not names:
            raise ValueError("it is empty")
        for cells in reader:
            if cells:
                rows.append(_csv_row(f"row {len(rows) + 1} of {file.name}", names, cells))
    except (OSError, ValueError, csv.Error) as error:
        kind = suffix.removeprefix(".").upper()
        line = f"row {len(rows) + 1}: " if isinstance(error, csv.Error) else ""
        raise BlindspotError(
            f"{what} {file} cannot be read as {kind} ({line}{_reason(error)})", "save it as UTF-8, or fix that line"
        ) from None
    if len(names) == 1 and (other := next((mark for mark in OTHER_SEPARATORS if mark in names[0]), None)):
        raise BlindspotError(
            f"{what} {file} has one column {names[0]!r}: its columns are separated by {OTHER_SEPARATORS[other]}",
            "save it with commas as .csv, or with tabs as .tsv",
        )
    return Table(names, rows)


def _column(name: str) -> str:
    return name.lower() if name.lower() in COLUMNS else name


def _csv_row(where: str, names: list[str], cells: list[str]) -> Row:
    if len(cells) > len(names) and any(cell.strip() for cell in cells[len(names) :]):
        return Row(where, {}, f"has {len(cells)} cells for {len(names)} columns")
    return Row(where, dict(zip(names, (cell.strip() for cell in cells), strict=False)))


def _read_json_lines(file: Path, what: str) -> Table:
    try:
        lines = read_text(file).split("\n")
    except (OSError, ValueError) as error:
        raise BlindspotError(f"{what} {file} cannot be read ({_reason(error)})", "save it as UTF-8") from None
    rows = [_json_row(f"line {number} of {file.name}", line) for number, line in enumerate(lines, 1) if line.strip()]
    return Table([*dict.fromkeys(name for row in rows for name in row.cells)], rows)


def _json_row(where: str, line: str) -> Row:
    try:
        row = json.loads(line)
    except (ValueError, RecursionError) as error:
        return Row(where, {}, f"is not valid JSON ({_reason(error)})")
    return Row(where, row) if isinstance(row, dict) else Row(where, {}, "is not a JSON object")


def _read_parquet(file: Path, what: str) -> Table:
    from pyarrow import parquet

    try:
        if not file.is_file():
            raise FileNotFoundError(2, "it is missing or not a regular file")
        names = parquet.read_schema(file).names
        cells = parquet.read_table(file, columns=[name for name in COLUMNS if name in names]).to_pylist()
    except (OSError, ValueError) as error:
        raise BlindspotError(
            f"{what} {file} cannot be read as Parquet ({_reason(error)})",
            "set prepare.file to a .csv or a Parquet file (.tsv and .jsonl are read too)",
        ) from None
    return Table(names, [Row(f"row {number} of {file.name}", row) for number, row in enumerate(cells, 1)])


def _reason(error: BaseException) -> str:
    text = (error.strerror if isinstance(error, OSError) else None) or str(error) or type(error).__name__
    return text.splitlines()[0][:300]
