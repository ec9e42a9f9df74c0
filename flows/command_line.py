"""Command-line parsers of the modules that the command `blindspot` runs."""

from argparse import ArgumentParser, RawDescriptionHelpFormatter
from pathlib import Path


def parser(command: str, description: str | None, *examples: str) -> ArgumentParser:
    """Returns a parser for `blindspot COMMAND`. `examples`: what follows the command in its examples."""
    called = f"blindspot {command}"
    lines = [f"  {called} {example}".rstrip() for example in examples]
    return ArgumentParser(
        prog=called,
        description=description,
        epilog="\n".join(["examples:", *lines]),
        formatter_class=RawDescriptionHelpFormatter,
    )


def add_parameters(parser: ArgumentParser) -> None:
    """Adds the options `recipe` and `changes`, whose values `changed_parameters` of flows/overrides.py takes."""
    parser.add_argument(
        "-R", dest="recipe", type=Path, metavar="recipe.yaml", help="recipe: values that replace those of params.yaml"
    )
    add_changes(parser)


def add_changes(parser: ArgumentParser) -> None:
    """Adds the option `changes`."""
    parser.add_argument(
        "-P", dest="changes", action="append", default=[], metavar="section.key=value",
        help="value to change; may be given several times",
    )  # fmt: skip
