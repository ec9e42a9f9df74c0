"""Checks parameters against the schema of params.yaml, which `python -m flows.params` writes."""

import difflib
import json
import math
from pathlib import Path
from typing import Any, cast

from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError

from blindspot.errors import BlindspotError
from blindspot.kinds import SEAM, problem
from blindspot.yaml_files import odd_values

SCHEMA = Path(__file__).with_name("params.schema.json")
SHOWN = 100  # characters of a wrong value in a message


def defaults() -> dict[str, dict[str, Any]]:
    """Returns the default values of each section, which suit real models. A key without a default is left out."""
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    sections = {
        name: field["$ref"].rpartition("/")[2] for name, field in schema["properties"].items() if "$ref" in field
    }
    return {
        name: {
            key: field["default"]
            for key, field in schema["$defs"][definition]["properties"].items()
            if "default" in field
        }
        for name, definition in sections.items()
    }


def check(
    values: object,
    name: str = "params.yaml",
    fix: str = "fix params.yaml (its comments describe each key)",
    partial: bool = False,
) -> None:
    """Raises BlindspotError that names each key of `values` that is unknown, missing, mistyped or out of range.

    `partial`: whether keys may be missing.
    """
    validator = Draft202012Validator(json.loads(SCHEMA.read_text(encoding="utf-8")))
    errors = [error for error in validator.iter_errors(values) if not (partial and error.validator == "required")]
    found = sorted(errors, key=lambda error: [str(part) for part in error.path])
    # Each missing key is an error of its own, and _explain names all of them.
    lines = dict.fromkeys([*odd_values(values), *(line for error in found for line in _explain(error))])
    if lines:
        raise BlindspotError(f"{name}: {'; '.join(lines)}", fix)


def _explain(error: ValidationError) -> list[str]:
    """Returns the faults of one key: its dotted name and what is wrong with it."""
    path = ".".join(str(part) for part in error.path)
    if error.validator == "additionalProperties" and isinstance(error.instance, dict):
        known = list(_schema(error)["properties"])
        return [_unknown(path, key, known) for key in error.instance if key not in known]
    if error.validator == "required" and isinstance(error.instance, dict):
        missing = [key for key in _schema(error)["required"] if key not in error.instance]
        return [f"{path + '.' if path else ''}{key} is missing" for key in missing]
    if SEAM in _schema(error):
        wrong = problem(error.instance, _schema(error))
        return [f"{path}: {wrong}"] if wrong else []  # an entry point of an installed package
    if error.validator == "pattern":
        return [f"{path} is empty"]
    if isinstance(error.instance, float) and not math.isfinite(error.instance):
        return []  # odd_values names it
    value = repr(error.instance)
    shown = error.message if len(value) <= SHOWN else error.message.replace(value, f"{value[:SHOWN]}…")
    return [f"{path or 'the file'}: {shown}"]


def _schema(error: ValidationError) -> dict[str, Any]:
    return cast(dict[str, Any], error.schema)


def _unknown(path: str, key: object, known: list[str]) -> str:
    prefix = f"{path}." if path else ""
    near = difflib.get_close_matches(str(key), known, n=1, cutoff=0.5)
    return f"{prefix}{key} is unknown" + (f", did you mean {prefix}{near[0]}?" if near else f" (known: {known})")
