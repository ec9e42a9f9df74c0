"""Changes the values of params.yaml by a recipe or by -P options, and writes them back into its text."""

from io import StringIO
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from blindspot.errors import BlindspotError
from blindspot.params import PARAMS, read
from blindspot.params_schema import check, defaults
from blindspot.yaml_files import parse_yaml, read_text

#: Sections whose values in params.yaml suit the embedded models. A recipe starts from their default values.
STARTED_AFRESH = (
    *("candidate", "verifier", "modes", "prepare", "explore", "train", "harvest", "verify", "audit", "taxonomy"),
)
NULL = "tag:yaml.org,2002:null"


def changed_parameters(recipe: Path | None, changes: list[str]) -> dict[str, Any]:
    """Returns the parameters of a run: those of params.yaml with a recipe, then with `section.key=value` changes."""
    values = with_recipe(read(), recipe) if recipe else read()
    return with_changes(values, changes)


def with_changes(values: dict[str, Any], changes: list[str]) -> dict[str, Any]:
    """Returns the parameters with `section.key=value` changes applied, checked against the schema.

    Raises BlindspotError naming every wrong or missing key.
    """
    changed = {key: dict(value) if isinstance(value, dict) else value for key, value in values.items()}
    for change in changes:
        name, equals, text = change.partition("=")
        if not equals:
            raise BlindspotError(f"-P {change} has no value", "write section.key=value")
        *sections, key = name.split(".")
        place = changed
        for section in sections:
            place[section] = dict(place[section]) if isinstance(place.get(section), dict) else {}
            place = place[section]
        place[key] = parse_yaml(text, f"-P {name}", "quote the value", parse_1_2)
    check(changed, "the parameters", "set it in params.yaml, in the recipe or with -P")
    return changed


def with_recipe(values: dict[str, Any], recipe: Path) -> dict[str, Any]:
    """Returns the values of a recipe file, and other values where it names none, checked against the schema.

    The other values of the sections in STARTED_AFRESH are the default values, unless the recipe has the key
    `base: params.yaml`. All further values are `values`, those of params.yaml. A key that has no default, such as
    candidate.model, may be missing from the result. Raises BlindspotError where the file cannot be read or is not a
    YAML mapping, and naming every wrong key.
    """
    fix = "name one of recipes/"
    given = parse_yaml(read_text(recipe, f"recipe {recipe}", fix), f"recipe {recipe}", fix, parse_1_2)
    if not isinstance(given, dict):
        raise BlindspotError(f"recipe {recipe} is not a mapping", "write sections and keys as in params.yaml")
    given = dict(given)
    base = given.pop("base", None)
    if base not in (None, str(PARAMS)):
        raise BlindspotError(f"recipe {recipe}: base is {base}", f"write base: {PARAMS}, or leave the key out")
    start = values if base else values | {name: _in_order(defaults()[name], values[name]) for name in STARTED_AFRESH}
    changed = _merge(start, given)
    check(changed, f"recipe {recipe}", "fix that key of the recipe", partial=True)
    return changed


def parse_1_2(text: str) -> Any:
    """Returns the value of a text in YAML 1.2, in which 1e-5 is a number. Raises ValueError if it is not YAML."""
    try:
        return YAML(typ="safe").load(text)
    except YAMLError as error:
        raise ValueError(str(error)) from None


def _in_order(section: dict[str, Any], like: dict[str, Any]) -> dict[str, Any]:
    """Returns a section with its keys in the order of `like`."""
    return {key: section[key] for key in like if key in section}


def _merge(values: dict[str, Any], given: dict[str, Any]) -> dict[str, Any]:
    changed = dict(values)
    for key, value in given.items():
        section = changed.get(key)
        changed[key] = _merge(section, value) if isinstance(section, dict) and isinstance(value, dict) else value
    return changed


def write_params(source: str, values: dict[str, Any]) -> str:
    """Returns the text of params.yaml, `source`, with other values and the same comments."""
    yaml = YAML()
    yaml.preserve_quotes = True
    yaml.width = 1000
    yaml.representer.add_representer(float, _represent_float)
    yaml.representer.add_representer(type(None), lambda representer, _: representer.represent_scalar(NULL, "null"))
    document = yaml.load(source)
    _update(document, values)
    text = StringIO()
    yaml.dump(document, text)
    return text.getvalue()


def _update(document: Any, values: dict[str, Any], nested: bool = False) -> None:
    for key in [key for key in document if nested and key not in values]:
        del document[key]
    for key, value in values.items():
        if isinstance(value, dict) and isinstance(document.get(key), dict):
            _update(document[key], value, nested=True)
        elif key not in document or document[key] != value:
            document[key] = value


def _represent_float(representer: Any, value: float) -> Any:
    """Writes 1e-05 as 1.0e-05, which YAML 1.1 readers such as PyYAML also read as a number."""
    text = repr(value)
    if "e" in text and "." not in text:
        text = text.replace("e", ".0e", 1)
    return representer.represent_scalar("tag:yaml.org,2002:float", text)
