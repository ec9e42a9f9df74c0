"""Prints the parameters of a run, with a recipe and changes applied, as YAML."""

import argparse
import sys
from pathlib import Path

from blindspot.errors import BlindspotError, run
from blindspot.params import PARAMS, read
from flows.command_line import parser as command_parser
from flows.overrides import with_changes, with_recipe, write_params


def arguments() -> argparse.Namespace:
    """The command line."""
    parser = command_parser("config", __doc__, "", "train", "-R recipes/one_gpu.yaml -P train.steps=50 train")
    parser.add_argument("section", nargs="?", help="print this section of params.yaml only")
    parser.add_argument("-R", dest="recipe", type=Path, metavar="recipe.yaml", help="recipe to apply (recipes/)")
    parser.add_argument(
        "-P",
        dest="changes",
        action="append",
        default=[],
        metavar="section.key=value",
        help="value to change; may be given several times",
    )
    return parser.parse_args()


def main() -> None:
    """Prints params.yaml with the changes and its comments, or the values of one section."""
    given = arguments()
    values = with_recipe(read(), given.recipe) if given.recipe else read()
    values = with_changes(values, given.changes)
    if given.section is None:
        sys.stdout.write(write_params(PARAMS.read_text(encoding="utf-8"), values))
    elif given.section in values:
        from ruamel.yaml import YAML

        YAML().dump({given.section: values[given.section]}, sys.stdout)
    else:
        raise BlindspotError(f"params.yaml has no section {given.section}", f"it has {', '.join(values)}")


if __name__ == "__main__":
    run(main, takes_arguments=True)
