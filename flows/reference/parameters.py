"""The page of the site that lists every parameter."""

from collections.abc import Iterator
from typing import Any, get_args

import yaml
from pydantic import WithJsonSchema
from pydantic.fields import FieldInfo

from blindspot.kinds import SEAM
from blindspot.params import Section, read
from flows.overrides import STARTED_AFRESH
from flows.params import Params, range_of, section_of

HEAD = """# Parameters

Every parameter of `params.yaml`, generated from the code. [Change parameters](../parameters.md) explains the ways to
set them.

- **In params.yaml** is the value for the embedded models and scenes.
- **In recipes** is the value that a recipe starts from. It suits real models. "required": a recipe must name it. In a
  section without this column, recipes start from the value in `params.yaml`.
- Units are in the description. A number without a stated upper bound is at most 10,000,000.

`blindspot config` prints the parameters of a run.
"""


def parameters_page() -> str:
    """Returns the page as Markdown: one section for each section of params.yaml, one row for each parameter."""
    values, parts = read(), [HEAD]
    shared = {name: field for name, field in Params.model_fields.items() if not section_of(field)}
    parts.append(_table("Shared by all stages", "", shared, values, afresh=False))
    for name, field in Params.model_fields.items():
        if section := section_of(field):
            about = " ".join((section.__doc__ or "").split())
            rows = dict(_fields(section, f"{name}."))
            parts.append(_table(f"`{name}`", about, rows, values, afresh=name in STARTED_AFRESH))
    return "\n".join(parts)


def _fields(section: type[Section], prefix: str) -> Iterator[tuple[str, FieldInfo]]:
    """Yields the full name of each parameter of a section, and its field."""
    for name, field in section.model_fields.items():
        if inner := section_of(field):
            yield from _fields(inner, f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}", field


def _table(title: str, about: str, fields: dict[str, FieldInfo], values: dict[str, Any], *, afresh: bool) -> str:
    columns = ["Parameter", "In params.yaml", *(["In recipes"] if afresh else []), "Values", "Description"]
    rows = [f"| {' | '.join(columns)} |", f"|{'---|' * len(columns)}"]
    for name, field in fields.items():
        default = [_default(field)] if afresh else []
        cells = [_code(name), _code(_value(values, name)), *default, _allowed(field), field.description or ""]
        rows.append(f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |")
    return "\n".join([f"## {title}", "", *([about, ""] if about else []), *rows, ""])


def _default(field: FieldInfo) -> str:
    return "required" if field.is_required() else _code(field.get_default(call_default_factory=True))


def _value(values: dict[str, Any], name: str) -> Any:
    found: Any = values
    for key in name.split("."):
        found = found[key]
    return found


def _code(value: Any) -> str:
    """Returns a value as YAML, in code style."""
    if isinstance(value, str):
        return f"`{value}`"
    text = yaml.safe_dump(value, default_flow_style=True, sort_keys=False, width=float("inf"))
    return f"`{text.removesuffix('...' + chr(10)).strip()}`"


def _allowed(field: FieldInfo) -> str:
    """Returns the range of a number, or the choices of a text."""
    if limits := range_of(field):
        return limits.strip(" []")
    for part in field.metadata:
        if isinstance(part, WithJsonSchema) and SEAM in (part.json_schema or {}):
            kinds: list[str] = (part.json_schema or {})["anyOf"][0]["enum"]
            return f"{', '.join(map(_code, kinds))}, or your own class"
    choices = [True, False] if field.annotation is bool else [*get_args(field.annotation)]
    return ", ".join(map(_code, choices)) if choices and all(isinstance(one, str | bool) for one in choices) else ""
