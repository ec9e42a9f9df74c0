"""Command-line parsers of the modules that the command `blindspot` runs."""

from argparse import ArgumentParser, RawDescriptionHelpFormatter


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
