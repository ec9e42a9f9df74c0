"""Reads prompts files: YAML with a section for each role, and in it the texts that are sent to the model of the role.

A stage reads the sections of the roles that it has a model for. docs/prompts.md explains the keys.
"""

import difflib
import hashlib
import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, cast

from blindspot.errors import BlindspotError
from blindspot.prompts.roles import FORMATS, NEEDED, VARIABLES, ReplyFormat, samples
from blindspot.prompts.template import Template
from blindspot.yaml_files import read_yaml

#: The prompts of real models, for code that names no prompts file. The folder is a link to configs/prompts.
DEFAULT = Path(__file__).parents[1] / "prompt_files" / "instruct.yaml"
SCENES = DEFAULT.with_name("scenes.yaml")  # the prompts of the embedded models
EXAMPLE = "configs/prompts/instruct.yaml"  # named in messages
SYSTEM, FORM = "system", "form"


@dataclass(frozen=True)
class RolePrompts:
    """The prompts of one role.

    `system`: the text that precedes every conversation, or None. `form`: the form in which the questioner replies,
    None for other roles. `templates`: by name.
    """

    system: str | None
    form: ReplyFormat | None
    templates: Mapping[str, Template]

    def render(self, template: str, **values: Any) -> str:
        """Returns the prompt with these values. Raises BlindspotError if it is too long."""
        return self.templates[template].render(**values)

    @property
    def digest(self) -> str:
        """A short hash of all texts."""
        texts = {name: template.text for name, template in self.templates.items()}
        return hashlib.sha256(json.dumps([self.system, self.form, texts], sort_keys=True).encode()).hexdigest()[:8]


def read_prompts(path: Path, role: str) -> RolePrompts:
    """Returns the prompts of a role from a prompts file. Checks the whole file.

    Raises BlindspotError if the file cannot be read, has no section for the role, or has a key, a variable or a
    template that is invalid.
    """
    sections = _read(path)
    _refuse_unknown(sections, VARIABLES, str(path))
    found = {name: _role(name, section, path) for name, section in sections.items()}
    if role not in found:
        raise BlindspotError(f"{path} has no section {role}", f"copy the section from {EXAMPLE}")
    return found[role]


@cache
def default_prompts(role: str) -> RolePrompts:
    """Returns the prompts of a role for real models."""
    return read_prompts(DEFAULT, role)


@cache
def embedded_prompts(role: str) -> RolePrompts:
    """Returns the prompts of a role for the embedded models."""
    return read_prompts(SCENES, role)


def _read(path: Path) -> dict[Any, Any]:
    values = read_yaml(path, f"prompts file {path}", f"name a file such as {EXAMPLE}")
    if not isinstance(values, dict):
        raise BlindspotError(f"prompts file {path} is not a mapping", f"write sections as in {EXAMPLE}")
    return values


def _role(role: str, section: Any, path: Path) -> RolePrompts:
    name = f"{path}: {role}"
    if not isinstance(section, dict):
        raise BlindspotError(f"{name} is not a mapping", f"write its keys as in {EXAMPLE}")
    templates = VARIABLES[role]
    has_form = role == "questioner"
    _refuse_unknown(section, [SYSTEM, *([FORM] if has_form else []), *templates], name)
    missing = [key for key in ([FORM] if has_form else []) + [*templates] if key not in section]
    if missing:
        raise BlindspotError(f"{name}.{missing[0]} is missing", f"copy it from {EXAMPLE}")
    form = section.get(FORM)
    if has_form and form not in FORMATS:
        raise BlindspotError(f"{name}.form is {form!r}", f"use one of {', '.join(FORMATS)}")
    system = section.get(SYSTEM)
    return RolePrompts(
        system=None if system is None else (_template(system, f"{name}.{SYSTEM}", {}).render().strip() or None),
        form=cast("ReplyFormat | None", form),
        templates={key: _template(section[key], f"{name}.{key}", templates[key]) for key in templates},
    )


def _template(text: Any, name: str, variables: dict[str, Any]) -> Template:
    """Returns the template after it has been rendered with sample values, which finds unknown attributes."""
    if not isinstance(text, str):
        raise BlindspotError(f"{name} is not a text", "write a text, or a block that starts with |-")
    template = Template(text, variables, name)
    missing = [variable for variable in NEEDED.get(_key(name), ()) if variable not in template.used]
    if missing:
        raise BlindspotError(f"{name} does not use the variable {missing[0]}", f"add {{{{ {missing[0]} }}}}")
    for values in samples(variables):
        template.render(**values)
    return template


def _key(name: str) -> str:
    return name.rpartition(": ")[2]


def _refuse_unknown(keys: Collection[Any], known: Collection[str], name: str) -> None:
    """Raises BlindspotError for the first key that is not known, with the nearest known one."""
    for key in keys:
        if key not in known:
            near = difflib.get_close_matches(str(key), [*known], n=1, cutoff=0.5)
            raise BlindspotError(
                f"{name}: the key {key} is unknown",
                f"did you mean {near[0]}?" if near else f"the keys are {', '.join(known)}",
            )
