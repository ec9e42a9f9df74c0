"""The description of a parent run in MLflow: headline figures and stages with links, in Markdown."""

from collections.abc import Mapping
from dataclasses import dataclass

from blindspot.records.spending import figure
from blindspot.runs.facts import FIGURES, RATES
from blindspot.runs.record import RAN, RUNNING, PipelineRun, StageRecord

TRAINING = "workflowType=machine_learning"  # without it MLflow shows pages for traces, of which there are none


@dataclass(frozen=True)
class Maker:
    """The run of a stage in MLflow that made the outputs of a skipped stage. `name`: of its pipeline run."""

    name: str
    experiment: str
    mlflow_run: str


def describe(run: PipelineRun, makers: Mapping[str, Maker]) -> str:
    """Returns the description of a run. `makers`: of the skipped stages of which it is known."""
    lines = [f"{run.state.capitalize()} in `{_text(run.folder)}`{_duration(run.seconds)}."]
    if known := [name for name in FIGURES if name in run.figures]:
        figures = [shown(name, run.figures[name]) for name in known]
        lines += ["", _row(known), _row(["---"] * len(known)), _row(figures)]
    if run.stages:
        lines += ["", _row(["stage", "result", "run"]), _row(["---"] * 3)]
        lines += [_row([name, _result(one), _link(run, name, one, makers)]) for name, one in run.stages.items()]
    return "\n".join(lines)


def page(experiment: str, mlflow_run: str = "") -> str:
    """Returns the address of a run in MLflow, or of the list of runs, within MLflow's pages."""
    return f"#/experiments/{experiment}/runs{'/' * bool(mlflow_run)}{mlflow_run}?{TRAINING}"


def shown(name: str, value: float) -> str:
    """Returns a headline figure as text: a rate with three digits, a price with cents, a count as a whole number."""
    return f"{value:.3f}" if name in RATES else figure(name, value)


def _result(stage: StageRecord) -> str:
    if stage.result != RAN:
        return stage.result
    seconds = (stage.ended - stage.started) / 1000 if stage.ended else None
    return f"{'runs' if stage.state == RUNNING else stage.state.lower()}{_duration(seconds)}"


def _link(run: PipelineRun, name: str, stage: StageRecord, makers: Mapping[str, Maker]) -> str:
    if stage.mlflow_run:
        return f"[{name}]({page(run.experiment, stage.mlflow_run)})"
    if maker := makers.get(name):
        return f"[made by {_text(maker.name)}]({page(maker.experiment, maker.mlflow_run)})"
    return ""


def _duration(seconds: float | None) -> str:
    if seconds is None:
        return ""
    return f", {seconds:.0f} s" if seconds < 120 else f", {seconds / 60:.0f} min"


def _row(cells: list[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _text(value: str) -> str:
    """Returns a name without the characters that Markdown reads as its own."""
    return value.translate(dict.fromkeys(map(ord, "|`[]<>\n"), "_"))
