"""The worked examples of CONTRIBUTING.md."""

import re
import shlex
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import yaml

from blindspot.params import read
from flows.overrides import with_changes
from tests.project import REPOSITORY

FILE = re.compile(r"^`(extensions/\w+\.py)`.*?^```python\n(.*?)^```\n+```sh\n(.*?)^```$", re.MULTILINE | re.DOTALL)


class Example(NamedTuple):
    """A file, its text, and the parameter that names it, as -P takes it."""

    file: str
    text: str
    change: str


def examples() -> dict[str, Example]:
    """Returns the examples by the stem of their file."""
    found = {}
    for file, text, command in FILE.findall((REPOSITORY / "CONTRIBUTING.md").read_text("utf-8")):
        program, verb, option, change = shlex.split(command)
        assert (program, verb, option) == ("blindspot", "discover", "-P")
        found[Path(file).stem] = Example(file, text, change)
    return found


def extend(project: Path, *names: str, also: Sequence[str] = ()) -> None:
    """Does in a project what these examples say: writes the file of each, and sets its parameter.

    `also`: further changes of parameters.
    """
    chosen = [examples()[name] for name in names]
    for example in chosen:
        (project / example.file).write_text(example.text, "utf-8")
    params = project / "params.yaml"
    values = with_changes(read(params), [*(example.change for example in chosen), *also])
    params.write_text(yaml.safe_dump(values), "utf-8")
