"""Changes params.yaml's values: by a recipe, by what a command line asks for, checked; and its text with others."""

from io import StringIO
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from blindspot.errors import BlindspotError
from blindspot.params import check

NULL = "tag:yaml.org,2002:null"


def with_changes(values: dict[str, Any], changes: list[str]) -> dict[str, Any]:
    """The parameters after `section.key=value` changes, all checked. Raises BlindspotError naming every wrong key."""
    changed = {key: dict(value) if isinstance(value, dict) else value for key, value in values.items()}
    for change in changes:
        name, equals, text = change.partition("=")
        if not equals:
            raise BlindspotError(f"-P {change} has no value", "write it as section.key=value")
        *sections, key = name.split(".")
        place = changed
        for section in sections:
            place[section] = dict(place[section]) if isinstance(place.get(section), dict) else {}
            place = place[section]
        try:
            place[key] = YAML(typ="safe").load(text)  # YAML 1.2, in which 1e-5 is a number
        except YAMLError:
            raise BlindspotError(f"-P {change} is not YAML", "quote the value") from None
    check(changed, "the parameters")
    return changed


def with_recipe(values: dict[str, Any], recipe: Path) -> dict[str, Any]:
    """The parameters with those that a recipe's file gives in their place, all checked.

    Raises BlindspotError where the file is absent or no YAML mapping, and naming every wrong key.
    """
    try:
        given = YAML(typ="safe").load(recipe)
    except OSError as error:
        raise BlindspotError(f"recipe {recipe} cannot be read ({error.strerror})", "name one of recipes/") from None
    except YAMLError as error:
        raise BlindspotError(f"recipe {recipe} is not YAML ({error})", "mend that line") from None
    if not isinstance(given, dict):
        raise BlindspotError(f"recipe {recipe} is no mapping", "write sections and keys as in params.yaml")
    changed = _over(values, given)
    check(changed, f"recipe {recipe}")
    return changed


def _over(values: dict[str, Any], given: dict[str, Any]) -> dict[str, Any]:
    changed = dict(values)
    for key, value in given.items():
        below = changed.get(key)
        changed[key] = _over(below, value) if isinstance(below, dict) and isinstance(value, dict) else value
    return changed


def write_params(source: str, values: dict[str, Any]) -> str:
    """The text of params.yaml with other values and the same comments."""
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


def _update(document: Any, values: dict[str, Any]) -> None:
    for key, value in values.items():
        if isinstance(value, dict) and isinstance(document.get(key), dict):
            _update(document[key], value)
        elif key not in document or document[key] != value:
            document[key] = value


def _represent_float(representer: Any, value: float) -> Any:
    """1e-05 as 1.0e-05: what YAML 1.1 readers such as PyYAML take for a number too."""
    text = repr(value)
    if "e" in text and "." not in text:
        text = text.replace("e", ".0e", 1)
    return representer.represent_scalar("tag:yaml.org,2002:float", text)
