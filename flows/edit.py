"""Changes params.yaml's values: those asked for on a command line, checked, and its text with other values."""

from io import StringIO
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
