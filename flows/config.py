"""Prints the parameters of a run, with a recipe and changes applied, as YAML."""

import argparse
import sys

from blindspot.errors import BlindspotError, run
from blindspot.params import PARAMS
from flows.command_line import add_parameters
from flows.command_line import parser as command_parser
from flows.overrides import changed_parameters, write_params


def arguments() -> argparse.Namespace:
    """The command line."""
    parser = command_parser("config", __doc__, "", "train", "-R recipes/one_gpu.yaml -P train.steps=50 train")
    parser.add_argument("section", nargs="?", help="print this section of params.yaml only")
    add_parameters(parser)
    return parser.parse_args()


def main() -> None:
    """Prints params.yaml with the changes and its comments, or the values of one section."""
    given = arguments()
    values = changed_parameters(given.recipe, given.changes)
    if given.section is None:
        sys.stdout.write(write_params(PARAMS.read_text(encoding="utf-8"), values))
    elif given.section in values:
        from ruamel.yaml import YAML

        YAML().dump({given.section: values[given.section]}, sys.stdout)
    else:
        raise BlindspotError(f"params.yaml has no section {given.section}", f"it has {', '.join(values)}")


if __name__ == "__main__":
    run(main, takes_arguments=True)
