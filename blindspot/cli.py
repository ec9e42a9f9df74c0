"""The command `blindspot`: runs the pipeline of a checkout, and says what a machine lacks for it."""

import os
import sys
from pathlib import Path
from typing import NoReturn

import typer

CHECKOUT = ("dvc.yaml", "params.yaml", "flows/discover.py")  # files that the root of a checkout has
#: Commands that run a module of the checkout and hand it all of their arguments, `--help` included.
MODULES = {
    "discover": ("flows.discover", "Run the pipeline."),
    "estimate": ("flows.estimate", "Print what a run takes: calls, disk, time."),
    "compare": ("flows.compare", "Run several recipes or seeds and compare them."),
    "config": ("flows.config", "Print the parameters of a run."),
    "ui": ("flows.ui", "Open MLflow and Prefect in the browser."),
    "deploy": ("flows.deploy", "Deploy the pipeline to Prefect."),
    "bootstrap": ("flows.bootstrap", "Train the embedded models again."),
    "drop-replies": ("flows.drop_replies", "Delete cached replies of a served model."),
}
PASS_ON = {"allow_extra_args": True, "ignore_unknown_options": True, "help_option_names": []}
# \b keeps the line breaks.
EXAMPLES = """\b
Examples:
  blindspot doctor
  blindspot discover
  blindspot discover -R recipes/one_gpu.yaml --estimate
  blindspot discover -P train.steps=200 -P candidate.model=configs/models/mine.yaml
  blindspot ui

`blindspot COMMAND --help` explains a command, with examples.
"""

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
    help="Blindspot finds where a vision-language model (VLM) fails.",
    epilog=EXAMPLES,
)


@app.command(short_help="Check the environment, GPU, models and servers.", epilog="Example: blindspot doctor")
def doctor() -> None:
    """Check the environment, GPU, models and servers of the checkout, and print how to get what is missing.

    The exit code is 1 if a run with the present params.yaml lacks something.
    """
    from blindspot.doctor import examine

    checks = examine(Path.cwd())
    for check in checks:
        typer.echo(check.line())
    raise typer.Exit(any(check.missing for check in checks))


def main() -> None:
    """Runs the command line."""
    app()


def _add(name: str, module: str, summary: str) -> None:
    """Adds a command that runs a module of the checkout."""

    def command(context: typer.Context) -> None:
        _replace_process(module, context.args)

    app.command(name, help=summary, context_settings=PASS_ON)(command)


def _replace_process(module: str, arguments: list[str]) -> NoReturn:
    """Runs `python -m module` in place of this process, so that signals and the exit code are the module's own."""
    if not all(Path(file).is_file() for file in CHECKOUT):
        typer.echo(f"error: {Path.cwd()} is not a checkout of Blindspot: change to its root folder", err=True)
        raise typer.Exit(1)
    os.execv(sys.executable, [sys.executable, "-m", module, *arguments])


for _name, (_module, _summary) in MODULES.items():
    _add(_name, _module, _summary)

if __name__ == "__main__":
    main()
