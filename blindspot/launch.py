"""Starts a stage under `accelerate launch` with the launch section of params.yaml: `python -m blindspot.launch -m …`.

DVC pastes a parameter into a command as text, and the shell then parses it: a file name with a space or a `;` would
become several words or commands. Here the name stays one argument, whatever characters it has.

A configuration with `num_processes: -1` is for several nodes, which the environment describes. In the batch script of
a SLURM job, a stage is started on all nodes of the job.
"""

import argparse
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from blindspot.errors import BlindspotError, run
from blindspot.nodes import read_node, replace_process, slurm_step
from blindspot.params import LaunchParams, load
from blindspot.yaml_files import read_yaml

FROM_ENVIRONMENT = -1  # accelerate's own value for "given on the command line"


def command(params: LaunchParams, module: str, environ: Mapping[str, str]) -> list[str]:
    """Returns the command line that starts a module.

    Raises BlindspotError if launch.config is not a configuration of accelerate, or if the environment does not
    describe the nodes that it requires.
    """
    config = _read(Path(params.config))
    several = config.get("num_processes") == FROM_ENVIRONMENT
    if several and (step := slurm_step(environ)):
        return [*step, sys.executable, "-m", "blindspot.launch", "-m", module]
    accelerate = [sys.executable, "-m", "accelerate.commands.launch", "--quiet"]
    # With `=`, a name that begins with a dash is not read as an option.
    options = [f"--num_cpu_threads_per_process={params.threads}", f"--config_file={params.config}"]
    nodes = read_node(environ, bool(config.get("use_cpu"))).options() if several else []
    return [*accelerate, *options, *nodes, "-m", module]


def _read(path: Path) -> dict[str, Any]:
    if not path.is_file():
        raise BlindspotError(f"launch.config: {path} is not a file", "name a file in configs/accelerate")
    config = read_yaml(path, f"launch.config: {path}", "see configs/accelerate")
    if not isinstance(config, dict):
        raise BlindspotError(f"launch.config: {path} has no keys", "see configs/accelerate")
    return config


def try_on_this_node(params: LaunchParams, module: str, what: str) -> None:
    """Runs a module on this node alone, as `main` starts it. Raises BlindspotError, which names `what` fails."""
    environ = {**os.environ, "NNODES": "1", "NODE_RANK": "0", "MASTER_ADDR": "127.0.0.1"}
    words = command(params, module, environ)
    done = subprocess.run(words, env=environ, capture_output=True, text=True, errors="replace", check=False)
    if done.returncode:
        lines = [line.strip() for line in done.stderr.splitlines() if line.strip()]
        errors = [line.removeprefix("error: ") for line in lines if line.startswith("error: ")]
        raise BlindspotError(what, (errors or lines[-1:] or [f"exit code {done.returncode}"])[0])


def main() -> None:
    """Replaces this process with accelerate, which then receives its signals and sets its exit code."""
    parser = argparse.ArgumentParser(prog="python -m blindspot.launch", description=__doc__)
    parser.add_argument("-m", dest="module", required=True, help="the stage's module, such as stages.train")
    module = parser.parse_args().module
    replace_process(command(load("launch", LaunchParams), module, os.environ))


if __name__ == "__main__":
    run(main, takes_arguments=True)
