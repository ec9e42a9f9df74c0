"""Checks the environment, GPU, models and servers that a run needs, and prints how to get what is missing.

The exit code is 1 if the run lacks something.
"""

import argparse
import sys
from pathlib import Path

from blindspot.doctor import examine
from blindspot.errors import run
from flows.command_line import add_parameters
from flows.command_line import parser as command_parser
from flows.overrides import changed_parameters


def arguments() -> argparse.Namespace:
    """The command line."""
    parser = command_parser(
        "doctor", __doc__, "", "-R recipes/one_gpu.yaml -P candidate.model=configs/models/mine.yaml"
    )
    add_parameters(parser)
    return parser.parse_args()


def main() -> None:
    """Prints a line for each thing that was examined."""
    given = arguments()
    checks = examine(Path.cwd(), changed_parameters(given.recipe, given.changes))
    print("\n".join(check.line() for check in checks))
    sys.exit(any(check.missing for check in checks))


if __name__ == "__main__":
    run(main, takes_arguments=True)
