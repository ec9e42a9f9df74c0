"""The command `blindspot`: analyzes evaluation logs, runs the pipeline of a checkout, and checks the machine."""

import os
import sys
from pathlib import Path
from typing import Annotated, Literal, NoReturn

import typer

from blindspot.analysis.checkout import is_checkout

#: Commands that run a module of the checkout and hand it all of their arguments, `--help` included.
MODULES = {
    "doctor": ("flows.doctor", "Check the environment, GPU, models and servers."),
    "discover": ("flows.discover", "Run the pipeline."),
    "estimate": ("flows.estimate", "Print what a run takes: calls, disk, time."),
    "ask": ("flows.ask", "Ask the question of a rollout again."),
    "runs": ("flows.runs", "List the runs with their figures."),
    "gc": ("flows.gc", "Delete what old runs left in the work folder."),
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
  blindspot analyze results.jsonl --out analysis
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


ANALYZE_EXAMPLES = """\b
Examples:
  blindspot analyze samples_gqa.jsonl --out analysis
  blindspot analyze one_model.xlsx other_model.xlsx --out analysis
  blindspot analyze answers.csv --question prompt --reference gold --answer output --out analysis
  blindspot analyze answers.parquet --score anls --wrong-below 0.5 --out analysis
"""

Form = Literal["text", "json", "junit", "markdown", "html"]
THRESHOLD = "A mode's error rate must exceed this. Default: the larger of 0.25 and the model's error rate."
JUDGE = "YAML file of a served LLM that grades answers without a verdict."


def _named(what: str) -> typer.models.OptionInfo:
    option: typer.models.OptionInfo = typer.Option(help=f"Column with {what}.", metavar="COL", rich_help_panel=None)
    return option


@app.command(short_help="Find failure modes in an evaluation log.", epilog=ANALYZE_EXAMPLES)
def analyze(
    files: Annotated[
        list[Path], typer.Argument(help="Logs: lmms-eval, VLMEvalKit, Inspect, or tables.", metavar="FILE")
    ],
    out: Annotated[Path, typer.Option(help="Folder for data and reports.", metavar="DIR")],
    question: Annotated[str | None, _named("the question")] = None,
    reference: Annotated[str | None, _named("the true answer")] = None,
    answer: Annotated[str | None, _named("the model's answer")] = None,
    wrong: Annotated[str | None, _named("1 for a wrong answer and 0 for a right one")] = None,
    correct: Annotated[str | None, _named("1 for a right answer and 0 for a wrong one")] = None,
    score: Annotated[str | None, _named("a score, or the name of a metric or scorer")] = None,
    wrong_below: Annotated[float, typer.Option(help="An answer with a lower score is wrong.", metavar="S")] = 0.5,
    image: Annotated[str | None, _named("the image")] = None,
    image_id: Annotated[str | None, _named("an id of the image")] = None,
    row_id: Annotated[str | None, typer.Option("--id", help="Column with an id of the row.", metavar="COL")] = None,
    model: Annotated[str | None, _named("the name of the model")] = None,
    image_folder: Annotated[Path | None, typer.Option(help="Folder of the images.", metavar="DIR")] = None,
    threshold: Annotated[float | None, typer.Option(help=THRESHOLD, metavar="T")] = None,
    judge: Annotated[Path | None, typer.Option(help=JUDGE, metavar="FILE")] = None,
) -> None:
    """Find failure modes in an evaluation log and confirm them on held-out questions.

    Columns are recognised by their usual names. The options name other columns.
    """
    from blindspot.analysis.command import analyze_files
    from blindspot.errors import run
    from blindspot.logs.columns import Columns

    def command() -> None:
        columns = Columns(
            question,
            reference,
            answer,
            wrong,
            correct,
            score,
            wrong_below,
            image,
            image_id,
            row_id,
            model,
            image_folder,
        )
        for line in analyze_files(files, columns, out, threshold, judge):
            typer.echo(line)

    run(command, takes_arguments=True)


DIFF_EXAMPLES = """\b
Examples:
  blindspot diff analysis/model-1 analysis/model-2
  blindspot diff ../monday ../tuesday --fail-on new,worse
  blindspot diff .work/runs/1a2b . --ask --format html --out diff.html
"""


@app.command(short_help="Compare two runs or analyses.", epilog=DIFF_EXAMPLES)
def diff(
    old: Annotated[str, typer.Argument(help="Folder of a run, of the analysis of a model, or runs:/ID.")],
    new: Annotated[str, typer.Argument(help="The same, of the candidate to compare with it.")],
    ask: Annotated[bool, typer.Option("--ask", help="Ask each candidate the questions of the other run.")] = False,
    form: Annotated[Form, typer.Option("--format", help="Format of the comparison.")] = "text",
    out: Annotated[Path | None, typer.Option(help="File for the comparison.", metavar="FILE")] = None,
    fail_on: Annotated[str, typer.Option(help="Changes that fail, such as new,worse.", metavar="CHANGES")] = "",
    false_alarms: Annotated[float, typer.Option(help="Probability of a false alarm.", metavar="P")] = 0.01,
) -> None:
    """Compare the failure modes of two candidates on the questions that both answered.

    The exit code is 1 if a mode has a change that --fail-on names, and 2 on an error.
    """
    from blindspot.diff.command import compare_sides
    from blindspot.errors import run

    failed = []

    def command() -> None:
        lines, fails = compare_sides(old, new, ask, form, out, fail_on, false_alarms)
        typer.echo("\n".join(lines))
        failed.append(fails)

    run(command, takes_arguments=True, code=2)
    raise typer.Exit(int(failed[0]))


GATE_EXAMPLES = """\b
Examples:
  blindspot gate .work/runs/1a2b --name nightly --ask
  blindspot gate analysis --baseline accepted --format junit --out gate.xml
  blindspot gate . --baseline git:v1.2
"""


@app.command(short_help="Pass or fail a candidate against a baseline.", epilog=GATE_EXAMPLES)
def gate(
    new: Annotated[str, typer.Argument(help="Folder of a run, of the analysis of a model, or runs:/ID.")],
    name: Annotated[str, typer.Option(help="Name of the gate, whose baseline is in MLflow.")] = "default",
    baseline: Annotated[str | None, typer.Option(help="Another baseline: as NEW, or git:REVISION.")] = None,
    ask: Annotated[bool, typer.Option("--ask", help="Ask each candidate the questions of the other run.")] = False,
    fail_on: Annotated[str, typer.Option(help="Changes that fail.", metavar="CHANGES")] = "new,worse",
    false_alarms: Annotated[float, typer.Option(help="Probability of a false alarm.", metavar="P")] = 0.01,
    accept: Annotated[bool, typer.Option("--accept", help="Make NEW the baseline without a comparison.")] = False,
    form: Annotated[Form, typer.Option("--format", help="Format of the comparison.")] = "text",
    out: Annotated[Path | None, typer.Option(help="File for the comparison.", metavar="FILE")] = None,
) -> None:
    """Compare a candidate with the baseline of a gate. It becomes the baseline if it passes.

    The exit code is 1 if the candidate fails, and 2 on an error. If BLINDSPOT_WEBHOOK is set, both are sent there.
    """
    from blindspot.diff.command import changes_in, run_gate
    from blindspot.diff.gate import Options
    from blindspot.errors import run

    passed = []

    def command() -> None:
        options = Options(name, baseline, ask, changes_in(fail_on), false_alarms, accept)
        lines, passes = run_gate(new, options, form, out)
        typer.echo("\n".join(lines))
        passed.append(passes)

    run(command, takes_arguments=True, code=2)
    raise typer.Exit(int(not passed[0]))


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
    if not is_checkout(Path.cwd()):
        typer.echo(f"error: {Path.cwd()} is not a checkout of Blindspot: change to its root folder", err=True)
        raise typer.Exit(1)
    os.execv(sys.executable, [sys.executable, "-m", module, *arguments])


for _name, (_module, _summary) in MODULES.items():
    _add(_name, _module, _summary)

if __name__ == "__main__":
    main()
