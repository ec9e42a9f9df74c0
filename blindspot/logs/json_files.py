"""Reads rows from JSON and JSONL files."""

import json
from pathlib import Path
from typing import Any

from blindspot.errors import BlindspotError
from blindspot.logs.text_files import encoding_of, opened

Object = dict[str, Any]


def read_jsonl(path: Path) -> tuple[list[Object], list[str]]:
    """Returns the object of each line, and a note if the last line is cut off, as in a running evaluation.

    Raises BlindspotError, with the line, for any other line that is not a JSON object.
    """
    rows: list[Object] = []
    broken: tuple[int, str] | None = None
    with opened(path, encoding_of(path)) as file:
        for number, line in enumerate(file, 1):
            if broken is not None and line.strip():
                raise _broken(path, *broken)
            if not line.strip():
                continue
            try:
                row = json.loads(line)
            except (ValueError, RecursionError) as error:
                broken = (number, str(error))
                if line.endswith("\n"):
                    raise _broken(path, *broken) from None
                continue
            if not isinstance(row, dict):
                raise BlindspotError(f"{path}, line {number}: not a JSON object", "write one object on each line")
            rows.append(row)
    if broken is None:
        return rows, []
    if not rows:
        raise _broken(path, *broken)
    return rows, [f"{path}: line {broken[0]:,} is cut off and is not read; the evaluation may still be running"]


def _broken(path: Path, line: int, reason: str) -> BlindspotError:
    return BlindspotError(f"{path}, line {line}: not valid JSON ({reason[:120]})", "correct or remove the line")


def read_json(path: Path) -> Any:
    """Returns the value of a JSON file. Raises BlindspotError, with the line, if it is not JSON."""
    with opened(path, encoding_of(path)) as file:
        text = file.read()
    if not text.strip():
        raise BlindspotError(f"{path} is empty", "give a file with rows")
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        raise BlindspotError(
            f"{path}, line {error.lineno}: not valid JSON ({error.msg})", "check that the file is complete"
        ) from None
    except (ValueError, RecursionError) as error:
        raise BlindspotError(f"{path} cannot be read as JSON ({error})", "check the file") from None


def rows_of(value: Any, path: Path) -> list[Object]:
    """Returns the rows of a JSON value: a list of objects, an object that holds one, columns, or objects by id.

    Raises BlindspotError if there are none.
    """
    if isinstance(value, list):
        other = next((number for number, row in enumerate(value, 1) if not isinstance(row, dict)), None)
        if other is not None:
            raise BlindspotError(f"{path}: element {other} of the list is not an object", "write a list of objects")
        return value
    if isinstance(value, dict):
        lists = {key: one for key, one in value.items() if _is_rows(one)}
        if lists:
            return max(lists.values(), key=len)
        if value and all(isinstance(one, list) for one in value.values()):
            return _from_columns(value, path)
        if value and all(isinstance(one, dict) for one in value.values()):
            keys = [set(one) for one in value.values()]
            if all(key.isdecimal() for key in keys[0]) and keys.count(keys[0]) == len(keys):  # pandas' to_json
                return [{name: cells[key] for name, cells in value.items()} for key in value[next(iter(value))]]
            return [{"id": key, **one} for key, one in value.items()]
    raise BlindspotError(f"{path} holds no list of answers", "give a JSON list of objects, one for each answer")


def _is_rows(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(row, dict) for row in value)


def _from_columns(value: dict[str, list[Any]], path: Path) -> list[Object]:
    lengths = {len(cells) for cells in value.values()}
    if len(lengths) != 1:
        raise BlindspotError(f"{path} has lists of different lengths", "give a JSON list of objects")
    return [dict(zip(value, cells, strict=True)) for cells in zip(*value.values(), strict=True)]
