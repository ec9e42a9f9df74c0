"""Rows of JSON whose question is inside an object: {"item": {"question": …}, "sample": {"output_text": …}}."""

from collections import Counter
from collections.abc import Sequence

from blindspot.logs import names
from blindspot.logs.json_files import Object
from blindspot.logs.names import plain

#: Keys of an event of OpenAI Evals, which holds a part of a sample.
EVENT = {"run_id", "event_id", "sample_id", "type", "data"}
LOOKED_AT = 200  # rows


def are_events(rows: Sequence[Object]) -> bool:
    """Returns whether the rows are events of OpenAI Evals."""
    return any(row.keys() >= EVENT for row in rows[:LOOKED_AT])


def flattened(rows: list[Object]) -> list[Object]:
    """Returns the rows with the values inside their objects as further columns, if no text is named as a question is.

    A key that occurs twice gets the name of its object: "item.id".
    """
    first = rows[:LOOKED_AT]
    if any(
        plain(key) in names.QUESTION and not isinstance(value, dict) for row in first for key, value in row.items()
    ):
        return rows
    keys = {(outer, key) for row in first for outer, value in row.items() if isinstance(value, dict) for key in value}
    if not any(plain(key) in names.QUESTION for _, key in keys):
        return rows
    often = Counter(str(key) for _, key in keys)
    taken = {key for row in first for key in row}
    return [row | _inside(row, often, taken) for row in rows]


def _inside(row: Object, often: Counter[str], taken: set[str]) -> Object:
    found: Object = {}
    for outer, value in row.items():
        for key, inner in value.items() if isinstance(value, dict) else ():
            name = key if often[key] <= 1 and key not in taken else f"{outer}.{key}"
            found[name] = inner
    return found
