"""Finds JSON objects in a text that a model wrote, and reads their values for what they mean."""

import json
import re
from collections.abc import Collection, Iterator
from contextlib import suppress

#: Opening braces that nothing closes, after which a text is given up: `{` as a sign, or a broken object.
UNCLOSED = 20
LARGE = 1e15  # from which on a float is no count
#: A boolean that goes on in words, or is followed by another one: no repair can tell what is meant.
_HEDGED = re.compile(
    r":\s*(?:true|false)\b(?!\s*(?:[,}\])\"'”]|//|/\*|#|\Z)|[^\S\n]*\n)|\b(?:true|false)\s*,\s*(?:true|false)\b",
    re.IGNORECASE,
)
_TRUE, _FALSE = {"true", "yes", "y", "t", "1"}, {"false", "no", "n", "f", "0"}


def json_objects(text: str, keys: Collection[str] = ()) -> Iterator[object]:
    """Every outermost balanced `{…}` of the text that can be parsed, in order.

    What strict JSON does not allow and models write (Python's literals, single quotes, trailing commas, comments) is
    repaired; not where one of `keys` stands there twice: a broken object that quotes another may be read as that.
    """
    from json_repair import repair_json

    for span in _balanced(_unquoted(text)):
        try:
            yield json.loads(span, strict=False, object_pairs_hook=_object)
        except ValueError:
            if _HEDGED.search(span) or any(_often(key, span) for key in keys):
                continue
            with suppress(ValueError, RecursionError):
                yield repair_json(span, return_objects=True)
        except RecursionError:
            continue


def _often(key: str, span: str) -> bool:
    """Whether the span has this key more than once."""
    return len(re.findall(rf"\b{re.escape(key)}[\"'”\\]*\s*:", span, re.IGNORECASE)) > 1


def _unquoted(text: str) -> str:
    """The text in a reply that is one JSON string: an object that was encoded twice. Any other text as it is."""
    if not text.strip().startswith('"'):
        return text
    try:
        inner = json.loads(text)
    except (ValueError, RecursionError):
        return text
    return inner if isinstance(inner, str) else text


def _object(pairs: list[tuple[str, object]]) -> dict[str, object]:
    """The object of these keys and values; a key that has two different values has none."""
    found = dict(pairs)
    for key, value in pairs if len(found) < len(pairs) else []:
        found[key] = None if found[key] != value else value
    return found


def as_bool(value: object) -> bool | None:
    """The boolean that a value means; None for anything else."""
    if isinstance(value, bool):
        return value
    if isinstance(value, int | float):
        return True if value == 1 else False if value == 0 else None
    word = value.strip(" \t\r\n.!\"'`*").lower() if isinstance(value, str) else ""
    return True if word in _TRUE else False if word in _FALSE else None


def as_text(value: object) -> str:
    """The text that a value means: a boolean as yes or no, nothing as the empty text, a list by its items."""
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
    """Outermost balanced braces. Where one is never closed, the search goes on behind it."""
    start = text.find("{")
    for _ in range(UNCLOSED):
        opened, depth, quoted, escaped = start, 0, False, False
        for place in range(max(start, 0), len(text) if start >= 0 else 0):
            sign = text[place]
            if quoted:
                quoted, escaped = escaped or sign != '"', sign == "\\" and not escaped
            elif sign == '"' and depth:
                quoted = True
            elif sign == "{":
                opened, depth = (place, 1) if depth == 0 else (opened, depth + 1)
            elif sign == "}" and depth:
                depth -= 1
                if depth == 0:
                    yield text[opened : place + 1]
        if depth == 0:
            return
        start = text.find("{", opened + 1)
