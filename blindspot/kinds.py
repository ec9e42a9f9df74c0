"""What a `kind` may name: a built-in, an entry point of an installed package, or a dotted path to a class."""

import difflib
import re
from collections.abc import Sequence
from functools import cache, partial
from importlib.metadata import EntryPoint, entry_points
from typing import Any

from pydantic import AfterValidator, WithJsonSchema

DOTTED = r"^[A-Za-z_]\w*(\.[A-Za-z_]\w*)+$"
SUFFIX = ".py"  # of a kind that is the path of a Python file
SEAM = "x-seam"  # key of a JSON schema: the seam whose entry points a value may name


@cache
def installed(seam: str) -> dict[str, EntryPoint]:
    """Returns the entry points of installed packages in the group blindspot.<seam>, by name."""
    return {one.name: one for one in entry_points(group=f"blindspot.{seam}")}


def is_extension(kind: str, seam: str) -> bool:
    """Returns whether a kind that is no built-in has the form of an extension, or is an entry point."""
    return kind.endswith(SUFFIX) or re.fullmatch(DOTTED, kind) is not None or kind in installed(seam)


def unknown(kind: str, built_in: Sequence[str], seam: str) -> str:
    """Returns what is wrong with a kind that is neither a built-in nor an extension, with the nearest right one."""
    near = difflib.get_close_matches(kind, [*built_in, *installed(seam)], n=1, cutoff=0.5)
    known = ", ".join([*built_in, *installed(seam)])
    guess = f"did you mean {near[0]}?" if near else f"known are {known}."
    return f"{kind!r} is unknown, {guess} An extension is a dotted path such as extensions.mine.Mine"


def schema(seam: str, *built_in: str) -> dict[str, Any]:
    """Returns the JSON schema of a parameter that names a built-in or an extension."""
    choices = [{"enum": [*built_in], "type": "string"}, {"pattern": DOTTED, "type": "string"}]
    return {"anyOf": choices, SEAM: seam}


def problem(value: object, kinds: dict[str, Any]) -> str | None:
    """Returns what is wrong with a value for which `schema` returned `kinds`; None if it is right."""
    built_in: list[str] = kinds["anyOf"][0]["enum"]
    if not isinstance(value, str):
        return f"{value!r} is not of type 'string'"
    if value in built_in or is_extension(value, kinds[SEAM]):
        return None
    return unknown(value, built_in, kinds[SEAM])


def validators(kinds: dict[str, Any]) -> tuple[AfterValidator, WithJsonSchema]:
    """Returns what checks and describes a field for which `schema` returned `kinds`."""
    return AfterValidator(partial(_checked, kinds=kinds)), WithJsonSchema(kinds)


def _checked(value: str, kinds: dict[str, Any]) -> str:
    if wrong := problem(value, kinds):
        raise ValueError(wrong)
    return value
