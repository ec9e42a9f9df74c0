"""Starts a stage under `accelerate launch` with the launch section of params.yaml: `python -m blindspot.launch -m …`.

DVC puts a parameter into a command as text that the shell then reads, so that a file name with a space or a `;` would
become several words or commands. Here the name is one argument, whatever characters it has.
"""

import argparse
import os
import sys
from pathlib import Path

from blindspot.errors import BlindspotError, run
from blindspot.params import LaunchParams, load


def command(params: LaunchParams, module: str) -> list[str]:
    """The command line that starts a module. Raises BlindspotError where there is no such config file."""
    if not Path(params.config).is_file():
        raise BlindspotError(f"launch.config: {params.config} is not a file", "name a file of configs/accelerate")
    accelerate = [sys.executable, "-m", "accelerate.commands.launch", "--quiet"]
    # With `=` a name that begins with a dash is no option.
    options = [f"--num_cpu_threads_per_process={params.threads}", f"--config_file={params.config}"]
    return [*accelerate, *options, "-m", module]


def main() -> None:
    """Becomes accelerate: signals and the exit code are its own."""
    parser = argparse.ArgumentParser(prog="python -m blindspot.launch", description=__doc__)
    parser.add_argument("-m", dest="module", required=True, help="the stage's module, such as stages.train")
    words = command(load("launch", LaunchParams), parser.parse_args().module)
    os.execv(words[0], words)


if __name__ == "__main__":
    run(main)
