"""Finds where the candidate fails: runs the pipeline as a Prefect flow. Unchanged stages are skipped."""

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
from blindspot.params import PARAMS
from flows.command_line import add_parameters
from flows.command_line import parser as command_parser
from flows.overrides import changed_parameters, write_params
from flows.secret import without_secret
from flows.server_choice import run_flow


def arguments() -> argparse.Namespace:
    """The command line."""
    parser = command_parser(
        "discover",
        __doc__,
        "",
        "-R recipes/one_gpu.yaml --estimate",
        "-P train.steps=200 -P candidate.model=configs/models/mine.yaml",
    )
    add_parameters(parser)
    parser.add_argument("--gate", metavar="name", help="compare the candidate with the baseline of this gate")
    parser.add_argument("--estimate", action="store_true", help="print the cost of the run, and do not start it")
    parser.add_argument("--trial", action="store_true", help="with --estimate: measure the time with each model")
    return parser.parse_args()


def main() -> None:
    """Checks the parameters, runs the flow and prints its results."""
    given = arguments()
    values = changed_parameters(given.recipe, given.changes)
    if given.estimate:
        sys.exit(_estimate(values, given.trial))
    state = run_flow(partial(_run, values, given.gate), "the run did not complete")
    print(f"\n{state.result().summary}")


def _estimate(values: dict[str, Any], trial: bool) -> int:
    """Runs flows.estimate, which prints a table. Returns its exit code. `trial`: whether the time is measured."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / PARAMS
        file.write_text(write_params(PARAMS.read_text("utf-8"), values), encoding="utf-8")
        command = [sys.executable, "-m", "flows.estimate", str(file), *(["--trial"] if trial else [])]
        return subprocess.run(command, env=without_secret(os.environ), check=False).returncode


def _run(values: dict[str, Any], gate: str | None, await_server: Callable[[], None]) -> Any:
    from flows.form import gate_params
    from flows.params import Params
    from flows.pipeline import discover

    await_server()
    return discover(Params.model_validate(values), gate_params({"name": gate} if gate else {}), return_state=True)


if __name__ == "__main__":
    try:
        run(main, takes_arguments=True)
    except KeyboardInterrupt:
        sys.exit("interrupted: run the same command again to resume")
