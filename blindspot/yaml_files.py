"""Reads the YAML files that users write. Refuses repeated keys, and values that no parameter can have."""

import math
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import yaml

from blindspot.errors import BlindspotError

MAX_BYTES = 1_000_000
MAX_VALUES = 100_000  # of a file, where each use of an alias counts
MERGE = "tag:yaml.org,2002:merge"
#: What a parser raises for a text that is not YAML, or that has an impossible date, a huge number or too many levels.
PARSING_ERRORS = (yaml.YAMLError, ValueError, TypeError, OverflowError, RecursionError)


def read_yaml(path: Path, name: str, fix: str) -> Any:
    """Returns the value of a YAML file. `name` and `fix`: for the messages, such as "prompts file x.yaml".

    Raises BlindspotError if the file cannot be read or is not UTF-8 or YAML, and names each repeated key and each
    value that is not finite or not text.
    """
    return parse_yaml(read_text(path, name, fix), name, fix)


def read_text(path: Path, name: str, fix: str) -> str:
    """Returns the text of a small file. Raises BlindspotError if it is missing, large, no file or not UTF-8."""
    try:
        if path.exists() and not path.is_file():
            raise BlindspotError(f"{name} is {'a folder' if path.is_dir() else 'no regular file'}", fix)
        if path.stat().st_size > MAX_BYTES:
            raise BlindspotError(f"{name} has more than {MAX_BYTES:,} bytes", fix)
        return path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise BlindspotError(f"{name} does not exist", fix) from None
    except UnicodeDecodeError as error:
        raise BlindspotError(f"{name} is not UTF-8 (byte {error.start + 1})", "save it as UTF-8") from None
    except (OSError, ValueError) as error:  # ValueError: a NUL character in the path
        reason = getattr(error, "strerror", None) or error
        raise BlindspotError(f"{name} cannot be read ({reason})", fix) from None


def parse_yaml(text: str, name: str, fix: str, parse: Callable[[str], Any] | None = None) -> Any:
    """Returns the value of a YAML text. `parse`: another parser than PyYAML's, such as one for YAML 1.2.

    Raises BlindspotError as `read_yaml`.
    """
    loader: Any = None
    try:
        loader = yaml.SafeLoader(text)
        node = loader.get_single_node()
        repeated, size = _repeated(node)
        if not repeated and size <= MAX_VALUES:
            value = parse(text) if parse else (None if node is None else loader.construct_document(node))
    except RecursionError:
        raise BlindspotError(f"{name} has too many levels, or an alias of itself", fix) from None
    except PARSING_ERRORS as error:
        raise BlindspotError(f"{name} is not YAML ({_where(error)})", "fix that line") from None
    finally:
        if loader is not None:
            loader.dispose()
    if repeated:
        raise BlindspotError(f"{name}: {'; '.join(repeated)}", "keep one of them")
    if size > MAX_VALUES:
        raise BlindspotError(f"{name} has more than {MAX_VALUES:,} values", fix)
    if odd := [*odd_values(value)]:
        raise BlindspotError(f"{name}: {'; '.join(odd)}", "fix that key")
    return value


def odd_values(value: Any, key: str = "") -> Iterator[str]:
    """Yields a sentence for each value that is not finite or not text. `key`: the dotted name of the value."""
    if isinstance(value, dict):
        for name, one in value.items():
            yield from odd_values(one, f"{key}.{name}" if key else str(name))
            if isinstance(name, str) and not is_text(name):
                yield f"the key {name!a} has a character that is not text"
    elif isinstance(value, list | tuple):
        for place, one in enumerate(value):
            yield from odd_values(one, f"{key}.{place}" if key else str(place))
    elif isinstance(value, float) and not math.isfinite(value):
        yield f"{key or 'the value'}: {value} is not a finite number"
    elif isinstance(value, str) and not is_text(value):
        yield f"{key or 'the value'}: {value[:40]!a} has a character that is not text"


def is_text(value: str) -> bool:
    """Returns whether a string can be a name or be sent: it has no NUL and no half of a surrogate pair."""
    return "\0" not in value and not any("\ud800" <= character <= "\udfff" for character in value)


def one_line(error: Exception, longest: int = 200) -> str:
    """Returns the message of an error as one line."""
    text = " ".join(str(error).split()) or type(error).__name__
    return text if len(text) <= longest else f"{text[: longest - 1]}…"


def _where(error: Exception) -> str:
    """Returns the line and the problem of an error of PyYAML, the message of another error."""
    mark = getattr(error, "problem_mark", None)
    if mark is None:
        return one_line(error)
    said = ", ".join(filter(None, (getattr(error, "context", None), getattr(error, "problem", None))))
    return f"line {mark.line + 1}, column {mark.column + 1}: {said}"


def _repeated(root: Any) -> tuple[list[str], int]:
    """Returns a sentence for each key that a mapping has twice, and the number of values with all aliases expanded.

    Raises RecursionError if a value contains itself.
    """
    found: list[str] = []
    sizes: dict[int, int] = {}
    above: set[int] = set()

    def measure(node: Any, key: str) -> int:
        if id(node) in above:
            raise RecursionError
        if id(node) in sizes or not isinstance(node, yaml.CollectionNode):
            return sizes.get(id(node), 1)
        above.add(id(node))
        if isinstance(node, yaml.MappingNode):
            found.extend(_repeated_in(node, key))
            children = [(one, _child(key, str(name.value))) for name, one in node.value]
        else:
            children = [(one, _child(key, str(place))) for place, one in enumerate(node.value)]
        sizes[id(node)] = 1 + sum(measure(one, name) for one, name in children)
        above.discard(id(node))
        return sizes[id(node)]

    return found, measure(root, "")


def _repeated_in(node: yaml.MappingNode, key: str) -> Iterator[str]:
    lines: dict[tuple[str, str], int] = {}
    for name, _ in node.value:
        if not isinstance(name, yaml.ScalarNode) or name.tag == MERGE:
            continue
        line, same = name.start_mark.line + 1, (name.tag, name.value)
        if same in lines:
            yield f"{_child(key, name.value)} is repeated (lines {lines[same]} and {line})"
        lines.setdefault(same, line)


def _child(key: str, name: str) -> str:
    return f"{key}.{name}" if key else name
