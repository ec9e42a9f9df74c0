"""Reads the values of cells: texts, lists, verdicts, scores. Nothing in a log is ever executed."""

import ast
import json
import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

#: Words for a missing verdict or score. A missing text is an empty one: "None" and "NA" may be answers.
MISSING = {"", "nan", "none", "na", "n/a", "null", "-", "<na>"}
WRONG_WORDS = {"wrong", "incorrect", "i", "fail", "failed", "failure"}
RIGHT_WORDS = {"right", "correct", "c", "pass", "passed", "success", "ok"}
YES_WORDS, NO_WORDS = {"true", "yes", "y", "t"}, {"false", "no", "n", "f"}
#: Keys under which an object holds its text.
TEXT_KEYS = ("answer", "text", "content", "value", "label")
LONGEST_LITERAL = 100_000


def is_missing(value: Any) -> bool:
    """Returns whether a cell is empty: None, NaN, NaT, NA, a blank text."""
    if value is None:
        return True
    if isinstance(value, str):
        return not value.strip()
    if isinstance(value, float):
        return math.isnan(value)
    return type(value).__name__ in ("NAType", "NaTType")


def text_of(value: Any) -> str | None:
    """Returns a cell as text, None where it is empty. A list with one element gives that element, 3.0 gives "3"."""
    if isinstance(value, str):
        return value.strip() or None
    value = plain_value(value)
    if is_missing(value):
        return None
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    if isinstance(value, list) and len(value) == 1:
        return text_of(value[0])
    if isinstance(value, dict):
        held = next((value[key] for key in TEXT_KEYS if isinstance(value.get(key), str | int | float)), None)
        return text_of(held) if held is not None else _json(value)
    return _json(value) if isinstance(value, list) else str(value)


def texts_of(value: Any) -> list[str]:
    """Returns the texts of a cell with one or several: a list, a JSON or Python list as text, VQA's list of objects.

    Repeated texts are kept, because VQA accuracy counts them.
    """
    value = literal(value) if isinstance(value, str) else plain_value(value)
    if isinstance(value, dict) and isinstance(value.get("text"), list | tuple):
        value = value["text"]  # SQuAD
    if isinstance(value, list):
        return [text for one in value if (text := text_of(one)) is not None]
    text = text_of(value)
    return [] if text is None else [text]


def literal(text: str) -> Any:
    """Returns the list or object that a text spells as JSON or as a Python literal; else the text itself.

    A list of numbers such as "[10, 20, 50, 80]" stays a text: it is one answer, such as a box.
    """
    stripped = text.strip()
    if stripped[:1] not in ("[", "{"):
        return text
    if len(stripped) > LONGEST_LITERAL or (stripped[:1], stripped[-1:]) not in (("[", "]"), ("{", "}")):
        return text
    for parse in (json.loads, ast.literal_eval):
        try:
            value = parse(stripped)
        except (ValueError, SyntaxError, TypeError, RecursionError, MemoryError):
            continue
        if isinstance(value, list) and len(value) > 1 and all(isinstance(one, int | float) for one in value):
            return text
        return value if isinstance(value, list | dict) else text
    return text


def plain_value(value: Any) -> Any:
    """Returns numpy arrays and tuples as lists, and numpy scalars as Python's."""
    if isinstance(value, np.ndarray):
        return value.tolist()
    if isinstance(value, tuple | set):
        return list(value)
    return value.item() if isinstance(value, np.generic) else value


def number_of(value: Any) -> float | None:
    """Returns a score as a float, NaN where it is missing, None where it is not a number."""
    value = plain_value(value)
    if is_missing(value) or (isinstance(value, str) and value.strip().lower() in MISSING):
        return math.nan
    if isinstance(value, list):
        return number_of(value[0]) if len(value) == 1 else None
    try:
        number = float(value)
    except (TypeError, ValueError):
        return None
    return number if math.isfinite(number) else None


def verdict_of(value: Any, one_is_wrong: bool) -> float | None:
    """Returns 1.0 for wrong, 0.0 for right, NaN where the verdict is missing, None where the value is not a verdict.

    `one_is_wrong`: whether 1, true and yes mean wrong. Words such as "incorrect" and Inspect's "I" mean what they say.
    """
    value = plain_value(value)
    if isinstance(value, list):
        return verdict_of(value[0], one_is_wrong) if len(value) == 1 else None
    word = "" if is_missing(value) else str(value).strip().lower()
    if word in MISSING:
        return math.nan
    if word in WRONG_WORDS or word in RIGHT_WORDS:
        return float(word in WRONG_WORDS)
    if word in YES_WORDS or word in NO_WORDS:
        return float((word in YES_WORDS) == one_is_wrong)
    number = number_of(value)
    return float((number == 1) == one_is_wrong) if number in (0, 1) else None


def mapped(values: Sequence[Any], function: Callable[[Any], Any]) -> list[Any]:
    """Applies the function to each value, once to equal texts: columns of verdicts have few different ones."""
    known: dict[str, Any] = {}
    results = []
    for value in values:
        if not isinstance(value, str):
            results.append(function(value))
            continue
        if value not in known:
            known[value] = function(value)
        results.append(known[value])
    return results


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, default=str)
