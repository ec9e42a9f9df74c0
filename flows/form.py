"""The form of a deployment in Prefect: its JSON schema, and the parameters of a run from the changes made in it.

Prefect's form has no sections that fold. It shows a choice (`anyOf`) as tabs, one of which is open. Each section is
therefore a choice between no change, whose value is {}, and a change, which has the fields with their values.
"""

from typing import Any

from pydantic import BaseModel, ValidationError

from blindspot.errors import BlindspotError
from blindspot.kinds import SEAM, installed
from blindspot.params_schema import check
from flows.gate import GateParams
from flows.params import Params, range_of, section_of
from flows.presets import Preset, values_of

#: Sections of the embedded models, which no run trains: `make bootstrap` does.
HIDDEN = tuple(name for name in Params.model_fields if name.startswith("bootstrap_"))
CLOSED, OPEN = "unchanged", "change"  # the tabs of a section; the second one has the fields
#: Tabs of a value that can be null.
TITLES = {"integer": "number", "number": "number", "string": "text", "null": "null"}


def form(preset: Preset) -> dict[str, Any]:
    """Returns the JSON schema of the flow's parameter `params`. The default values are those of the preset."""
    about = (
        f"Choose “{OPEN}” where the run differs. All other values are those of {preset.source} when the run starts."
    )
    return _fields(Params, preset.values) | {"title": "params", "description": about, "position": 0}


def parameters(changes: dict[str, Any], recipe: str | None) -> dict[str, Any]:
    """Returns the parameters of a run: the values of params.yaml or of a recipe, with the changes of the form.

    Raises BlindspotError that names every wrong or missing key.
    """
    values = _changed(values_of(recipe), changes, Params)
    check(values, "the parameters", "change it in the form of the deployment")
    return values


def gate_form() -> dict[str, Any]:
    """Returns the JSON schema of the flow's parameter `gate`."""
    about = " ".join((GateParams.__doc__ or "").split())
    known = GateParams.model_json_schema()["properties"]
    fields = {name: shown | {"title": name, "position": place} for place, (name, shown) in enumerate(known.items())}
    none = {"type": "object", "title": "none", "const": {}}
    compare = {"type": "object", "title": "compare", "properties": fields}
    return {"title": "gate", "description": about, "position": 1, "anyOf": [none, compare]}


def gate_params(given: dict[str, Any]) -> GateParams | None:
    """Returns the parameters of the gate, None without one. Raises BlindspotError that names the first wrong value."""
    try:
        return GateParams.model_validate(given) if given else None
    except ValidationError as error:
        first = error.errors()[0]
        name = ".".join(map(str, ("gate", *first["loc"])))
        raise BlindspotError(f"{name}: {first['msg']}", "change it (docs/diff.md)") from None


def _changed(values: dict[str, Any], changes: dict[str, Any], model: type[BaseModel]) -> dict[str, Any]:
    """Merges sections. Replaces a mapping of values, such as train.rewards. {} in place of a value changes nothing."""
    changed = dict(values)
    for key, value in changes.items():
        field, old = model.model_fields.get(key), values.get(key)
        section = section_of(field) if field else None
        if section and isinstance(value, dict) and isinstance(old or {}, dict):
            changed[key] = _changed(old or {}, value, section)
        elif value != {} or isinstance(old, dict):
            changed[key] = value
    return changed


def _fields(model: type[BaseModel], values: dict[str, Any]) -> dict[str, Any]:
    """Returns the schema of a section."""
    schemas, properties = model.model_json_schema()["properties"], {}
    names = dict.fromkeys([*values, *model.model_fields])  # in the order of params.yaml
    for position, name in enumerate(name for name in names if name not in HIDDEN):
        field = model.model_fields[name]
        if section := section_of(field):
            about = " ".join((section.__doc__ or "").split())
            shown = _foldable(_fields(section, values.get(name, {})) | {"description": about})
        else:
            default = {"default": values[name]} if name in values else {}
            shown = _field(schemas[name]) | {"description": f"{field.description}{range_of(field)}"} | default
            shown = _foldable(shown) if model is Params else shown
        properties[name] = shown | {"title": name, "position": position}
    # Prefect's form marks every other field as optional.
    return {"type": "object", "properties": properties, "required": list(properties)}


def _foldable(schema: dict[str, Any]) -> dict[str, Any]:
    """Returns a choice between no change and a change. The description stays outside: the form shows it once."""
    unchanged = {"type": "object", "title": CLOSED, "const": {}}
    change = {key: value for key, value in schema.items() if key != "description"} | {"title": OPEN}
    return {"description": schema["description"], "anyOf": [unchanged, change]}


def _field(schema: dict[str, Any]) -> dict[str, Any]:
    """Returns the schema of a value, in which the tabs of a choice have titles."""
    kept = {key: value for key, value in schema.items() if key not in ("title", "default", SEAM)}
    if SEAM in schema:
        built_in, own = schema["anyOf"]
        names = [*built_in["enum"], *installed(schema[SEAM])]
        kept["anyOf"] = [built_in | {"enum": names, "title": "built-in"}, own | {"title": "your own class"}]
    elif "anyOf" in schema:
        kept["anyOf"] = [choice | {"title": TITLES[choice["type"]]} for choice in schema["anyOf"]]
    return kept
