"""Finds JSON objects in a generated text and interprets their values."""

import json
import re
from collections.abc import Collection, Iterator
from contextlib import suppress

#: Unclosed opening braces after which the search of a text stops.
UNCLOSED = 20
LARGE = 1e15  # at or above this, a float is not a count
#: A boolean with further words or a second boolean after it: its meaning is unclear, so the object is not repaired.
_HEDGED = re.compile(
    r":\s*(?:true|false)\b(?!\s*(?:[,}\])\"'”]|//|/\*|#|\Z)|[^\S\n]*\n)|\b(?:true|false)\s*,\s*(?:true|false)\b",
    re.IGNORECASE,
)
_TRUE, _FALSE = {"true", "yes", "y", "t", "1"}, {"false", "no", "n", "f", "0"}


def json_objects(text: str, keys: Collection[str] = ()) -> Iterator[object]:
    """Yields every outermost balanced `{…}` of the text that can be parsed, in order.

    Common errors of models are repaired: Python literals, single quotes, trailing commas, comments. An object in which
    one of `keys` appears twice is not repaired, because it may quote another object.
    """
    from json_repair import repair_json

    for span in _balanced(_unquoted(text)):
        try:
            yield json.loads(span, strict=False, object_pairs_hook=_object)
        except ValueError:
            if _HEDGED.search(span) or any(_is_repeated(key, span) for key in keys):
                continue
            with suppress(ValueError, RecursionError):
                yield repair_json(span, return_objects=True)
        except RecursionError:
            continue


def _is_repeated(key: str, span: str) -> bool:
    """Returns whether the span has this key more than once."""
    return len(re.findall(rf"\b{re.escape(key)}[\"'”\\]*\s*:", span, re.IGNORECASE)) > 1


def _unquoted(text: str) -> str:
    """Returns the content of a text that is one JSON string, as of an object encoded twice. Keeps any other text."""
    if not text.strip().startswith('"'):
        return text
    try:
        inner = json.loads(text)
    except (ValueError, RecursionError):
        return text
    return inner if isinstance(inner, str) else text


def _object(pairs: list[tuple[str, object]]) -> dict[str, object]:
    """Returns the object of these keys and values. A key with two different values gets None."""
    values = dict(pairs)
    for key, value in pairs if len(values) < len(pairs) else []:
        values[key] = None if values[key] != value else value
    return values


def as_bool(value: object) -> bool | None:
    """Returns the boolean that a value stands for, or None if there is none."""
    if isinstance(value, bool):
        return value
    if isinstance(value, int | float):
        return True if value == 1 else False if value == 0 else None
    word = value.strip(" \t\r\n.!\"'`*").lower() if isinstance(value, str) else ""
    return True if word in _TRUE else False if word in _FALSE else None


def as_text(value: object) -> str:
    """Returns a value as text: a boolean as yes or no, null as the empty text, a list as its items."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float) and value.is_integer() and abs(value) < LARGE:
        return str(int(value))
    if isinstance(value, list):
        return ", ".join(map(as_text, value))
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _balanced(text: str) -> Iterator[str]:
    """Yields the outermost balanced braces. After an unclosed brace, the search resumes behind it."""
    start = text.find("{")
    for _ in range(UNCLOSED):
        opened, depth, quoted, escaped = start, 0, False, False
        for index in range(max(start, 0), len(text) if start >= 0 else 0):
            character = text[index]
            if quoted:
                quoted, escaped = escaped or character != '"', character == "\\" and not escaped
            elif character == '"' and depth:
                quoted = True
            elif character == "{":
                opened, depth = (index, 1) if depth == 0 else (opened, depth + 1)
            elif character == "}" and depth:
                depth -= 1
                if depth == 0:
                    yield text[opened : index + 1]
        if depth == 0:
            return
        start = text.find("{", opened + 1)
