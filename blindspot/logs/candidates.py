"""Errors about columns that are missing, with the columns that come nearest."""

import difflib
from collections.abc import Callable, Iterable, Sequence

import pandas as pd

from blindspot.errors import BlindspotError
from blindspot.logs import names
from blindspot.logs.names import plain
from blindspot.logs.values import is_missing, verdict_of

#: Rows whose values are looked at.
LOOKED_AT = 200
OPTION = {"row_id": "id"}


def no_column(columns: Sequence[str], role: str, name: str, source: str) -> BlindspotError:
    """Returns the error for a column that the user names and that is not one of `columns`."""
    option = f"--{OPTION.get(role, role).replace('_', '-')}"
    near = _near(columns, [name]) or [*columns]
    return BlindspotError(f"{source} has no column {name}", f"give {option} one of its columns: {_listed(near)}")


def no_question(table: pd.DataFrame, source: str) -> BlindspotError:
    """Returns the error for a table without a column that is recognised as the question."""
    return _unrecognised(table, source, "the question", "--question COL", names.QUESTION, _is_question)


def no_answer(table: pd.DataFrame, source: str, question: str) -> BlindspotError:
    """Returns the error for a table with neither an answer nor a verdict that is recognised."""
    rest = table.drop(columns=[question])
    usual = [*names.EXTRACTED, *names.REPLIES, names.ANSWER, *names.WRONG, *names.CORRECT, *names.SCORE]
    option = "--answer COL, or --wrong COL (1: wrong) or --correct COL (1: right) for a verdict"
    return _unrecognised(rest, source, "the model's answer or a verdict", option, usual, _is_verdict)


def _unrecognised(
    table: pd.DataFrame,
    source: str,
    what: str,
    option: str,
    usual: Iterable[str],
    fits: Callable[[object], bool],
) -> BlindspotError:
    near = [*dict.fromkeys([*_by_content(table, fits), *_near([*table.columns], usual)])]
    columns = _listed([str(column) for column in table.columns])
    likely = f"likely: {_listed(near)}; all: {columns}" if near else f"columns: {columns}"
    return BlindspotError(f"no column of {source} is recognised as {what} ({likely})", f"name it with {option}")


def _near(columns: Sequence[str], usual: Iterable[str]) -> list[str]:
    plains = {plain(column): column for column in columns}
    close = [name for one in usual for name in difflib.get_close_matches(plain(one), plains, n=3, cutoff=0.7)]
    within = [name for one in usual if len(one) > 3 for name in plains if plain(one) in name]
    return [plains[name] for name in dict.fromkeys([*close, *within])]


def _by_content(table: pd.DataFrame, fits: Callable[[object], bool]) -> list[str]:
    found = []
    for position, column in enumerate(table.columns):
        values = [value for value in table.iloc[:LOOKED_AT, position] if not is_missing(value)]
        if values and sum(map(fits, values)) > len(values) / 3:
            found.append(str(column))
    return found


def _is_question(value: object) -> bool:
    return isinstance(value, str) and value.rstrip().endswith("?")


def _is_verdict(value: object) -> bool:
    verdict = verdict_of(value, True)
    return verdict is not None and verdict == verdict


def _listed(columns: list[str]) -> str:
    return ", ".join(columns[:12]) + (" …" if len(columns) > 12 else "")
