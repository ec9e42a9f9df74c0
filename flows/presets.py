"""The deployments of the pipeline: one with the values of params.yaml, and one with the values of each recipe."""

import re
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from blindspot.errors import BlindspotError
from blindspot.params import PARAMS, read
from blindspot.yaml_files import read_text
from flows.overrides import with_recipe

RECIPES = Path("recipes")
NAME = "blindspot"  # of the deployment with the values of params.yaml
OWN_FOLDER = f"A run whose values differ from {PARAMS} has its own clone."


@dataclass(frozen=True)
class Preset:
    """One deployment. `recipe`: None for params.yaml. `values`: of its form. `description`: Markdown."""

    name: str
    recipe: Path | None
    values: dict[str, Any]
    description: str

    @property
    def source(self) -> str:
        """The file that the values come from."""
        return str(self.recipe or PARAMS)


def values_of(recipe: str | None) -> dict[str, Any]:
    """Returns the values of params.yaml, or of a recipe in the order of params.yaml.

    A key that has no default may be missing from the values of a recipe. Raises BlindspotError where a file cannot be
    read or has a wrong value.
    """
    values = read()
    return _in_order(with_recipe(values, Path(recipe)), values) if recipe else values


def presets() -> list[Preset]:
    """Returns params.yaml and each recipe. Warns of a recipe that cannot be used, and leaves it out."""
    found = [Preset(NAME, None, values_of(None), f"The values of {PARAMS}. {OWN_FOLDER}")]
    for recipe in sorted(RECIPES.glob("*.yaml")):
        try:
            found.append(_preset(recipe))
        except BlindspotError as error:
            print(f"warning: {recipe} is not deployed: {error}", file=sys.stderr)
    return found


def _preset(recipe: Path) -> Preset:
    name = recipe.stem
    if name == NAME or not re.fullmatch(r"[\w.-]+", name):
        raise BlindspotError(f"{name!r} cannot be the name of a deployment", "rename the file")
    text = read_text(recipe, f"recipe {recipe}", "restore it")
    return Preset(name, recipe, values_of(str(recipe)), f"{_markdown(text)}\n\n{OWN_FOLDER}")


def _in_order(values: dict[str, Any], like: dict[str, Any]) -> dict[str, Any]:
    """Returns the values with their keys in the order of `like`, also within sections. Other keys come last."""
    known = [*(key for key in like if key in values), *(key for key in values if key not in like)]
    nested = {key for key in known if isinstance(values[key], dict) and isinstance(like.get(key), dict)}
    return {key: _in_order(values[key], like[key]) if key in nested else values[key] for key in known}


def _markdown(text: str) -> str:
    """Returns the comment at the top of a recipe as Markdown: its parts, such as `Machine: …`, become a list."""
    parts: list[str] = []
    for line in text.splitlines():
        if not line.startswith("#"):
            break
        words = line.removeprefix("#").removeprefix(" ")
        if parts and not re.match(r"[A-Z]\w*: ", words):
            parts[-1] = f"{parts[-1]} {words.strip()}".strip()
        else:
            parts.append(words)
    return "\n".join(_item(part) for part in parts)


def _item(part: str) -> str:
    kind, colon, rest = part.partition(": ")
    if not colon or " " in kind:
        return f"{part}\n"
    return f"- **Command:** `{rest}`" if kind == "Run" else f"- **{kind}:** {rest}"
