"""What a row of the table is: a change of a project that works, and the words that the error must have."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import yaml

Change = Callable[[Path], object]


class Bad(NamedTuple):
    """An input that cannot be used.

    `change`: makes it in the folder of a project. `words`: those of the error, such as the file and the key.
    `command`: the module that meets it. `arguments`: of the command line.
    """

    name: str
    change: Change
    words: tuple[str, ...]
    command: str = "stages.explore"
    arguments: tuple[str, ...] = ()


def nothing(_: Path) -> None:
    """Leaves the project as it is: the fault is in the arguments."""


def setting(key: str, value: Any) -> Change:
    """Returns a change of one parameter. `key`: its dotted name."""

    def change(project: Path) -> None:
        values = yaml.safe_load((project / "params.yaml").read_text("utf-8"))
        *sections, last = key.split(".")
        place = values
        for section in sections:
            place = place[section]
        place[last] = value
        (project / "params.yaml").write_text(yaml.safe_dump(values), "utf-8")

    return change


def writing(name: str, content: str | bytes) -> Change:
    """Returns a change that writes a file."""
    data = content.encode() if isinstance(content, str) else content

    def change(project: Path) -> None:
        path = project / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)

    return change


def both(*changes: Change) -> Change:
    """Returns a change that makes several, in order."""

    def change(project: Path) -> None:
        for one in changes:
            one(project)

    return change


def folder(name: str) -> Change:
    """Returns a change that puts a folder in the place of a file."""

    def change(project: Path) -> None:
        (project / name).unlink(missing_ok=True)
        (project / name).mkdir(parents=True)

    return change
