"""The page of the site with the help of every command."""

import contextlib
import io
import runpy
import sys
from collections.abc import Callable
from functools import partial
from unittest.mock import patch

from typer.main import get_command

from blindspot.cli import MODULES, app

HEAD = """# Commands

The help of every command, as `blindspot COMMAND --help` prints it. `blindspot analyze` works in any folder. The other
commands run in the root folder of a checkout.

`make` runs the most frequent commands in the environment of the checkout: `make discover`, `make repro`,
`make estimate` and `make ui`.
"""


def commands_page() -> str:
    """Returns the page as Markdown: one section for each command of `blindspot`."""
    group = get_command(app)
    helps = {name: _help_of_module(module) for name, (module, _) in MODULES.items()}
    for name in [*group.commands]:  # type: ignore[attr-defined]  # a group of commands
        if name not in helps:
            helps[name] = _printed(partial(app, [name, "--help"], prog_name="blindspot"))
    parts = [f"## blindspot {name}\n\n```text\n{helps[name].rstrip()}\n```\n" for name in sorted(helps)]
    return "\n".join([HEAD, *parts])


def _help_of_module(module: str) -> str:
    """Returns what `python -m module --help` prints."""
    with patch.object(sys, "argv", [module, "--help"]):
        return _printed(partial(runpy.run_module, module, run_name="__main__", alter_sys=True))


def _printed(command: Callable[[], object]) -> str:
    out = io.StringIO()
    with (
        patch.dict("os.environ", {"COLUMNS": "100"}),
        contextlib.redirect_stdout(out),
        contextlib.suppress(SystemExit),
    ):
        command()
    return out.getvalue()
