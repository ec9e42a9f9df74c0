"""Runs the pipeline as a Prefect flow: `python -m flows.discover [-R recipe.yaml] [-P section.key=value …]`."""

import argparse
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from blindspot.errors import run
from blindspot.params import PARAMS, read
from flows.overrides import with_changes, with_recipe, write_params
from flows.secret import without
from flows.server_choice import completed


def arguments() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m flows.discover", description=__doc__)
    parser.add_argument(
        "-R", dest="recipe", type=Path, metavar="recipe.yaml", help="parameters in place of params.yaml's (recipes/)"
    )
    parser.add_argument(
        "-P", dest="changes", action="append", default=[], metavar="section.key=value",
        help="another value than in params.yaml, for this run alone; may be given several times",
    )  # fmt: skip
    parser.add_argument("--estimate", action="store_true", help="print what it will take, and start nothing")
    return parser.parse_args()


def main() -> None:
    """Checks every parameter, then runs the flow and prints what it found."""
    asked = arguments()
    values = with_recipe(read(), asked.recipe) if asked.recipe else read()
    values = with_changes(values, asked.changes)
    if asked.estimate:
        sys.exit(_estimate(values))
    state = completed(partial(_run, values), "the run did not complete")
    print(f"\n{state.message}")


def _estimate(values: dict[str, Any]) -> int:
    """Has stages.estimate print its table; its exit code."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / PARAMS
        file.write_text(write_params(PARAMS.read_text("utf-8"), values), encoding="utf-8")
        command = [sys.executable, "-m", "stages.estimate", str(file)]
        return subprocess.run(command, env=without(os.environ), check=False).returncode


def _run(values: dict[str, Any], await_server: Callable[[], None]) -> Any:
    from flows.params import Params
    from flows.pipeline import discover

    await_server()
    return discover(Params.model_validate(values), return_state=True)


if __name__ == "__main__":
    try:
        run(main)
    except KeyboardInterrupt:
        sys.exit("interrupted: the stage was ended; the same command goes on from its last checkpoint")
