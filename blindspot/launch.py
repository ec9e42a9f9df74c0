"""Starts a stage under `accelerate launch` with the launch section of params.yaml: `python -m blindspot.launch -m …`.

DVC pastes a parameter into a command as text, and the shell then parses it: a file name with a space or a `;` would
become several words or commands. Here the name stays one argument, whatever characters it has.
"""

import argparse
import os
import sys
from pathlib import Path

from blindspot.errors import BlindspotError, run
from blindspot.params import LaunchParams, load


def command(params: LaunchParams, module: str) -> list[str]:
    """Returns the command line that starts a module. Raises BlindspotError if launch.config is not a file."""
    if not Path(params.config).is_file():
        raise BlindspotError(f"launch.config: {params.config} is not a file", "name a file in configs/accelerate")
    accelerate = [sys.executable, "-m", "accelerate.commands.launch", "--quiet"]
    # With `=`, a name that begins with a dash is not read as an option.
    options = [f"--num_cpu_threads_per_process={params.threads}", f"--config_file={params.config}"]
    return [*accelerate, *options, "-m", module]


def main() -> None:
    """Replaces this process with accelerate, which then receives its signals and sets its exit code."""
    parser = argparse.ArgumentParser(prog="python -m blindspot.launch", description=__doc__)
    parser.add_argument("-m", dest="module", required=True, help="the stage's module, such as stages.train")
    module = parser.parse_args().module
    words = command(load("launch", LaunchParams), module)
    os.execv(words[0], words)


if __name__ == "__main__":
    run(main, takes_arguments=True)
