"""Summarises what a run found in a few lines, and links to the pages that show it."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from blindspot.metrics import percent
from blindspot.paths import FAILURE_MODES, REPORTS, SUMMARY, VERIFY_METRICS
from blindspot.recording.description import page
from blindspot.recording.operations import registered_name
from blindspot.records.failure_mode import FailureMode, in_report_order, read_failure_modes
from blindspot.runs.facts import candidate_name, read_parameters
from blindspot.runs.record import PipelineRun, all_runs, find
from flows.pages import DEFAULT, Pages, running_pages
from flows.registry import read_store, tracking_server

MODES = 5  # failure modes in a summary


@dataclass(frozen=True)
class Link:
    """An address, the name of what is there, and a note."""

    name: str
    address: str
    note: str = ""

    def line(self) -> str:
        """Returns the link as a line for a terminal."""
        return f"{self.name + ':':13}{self.address}{self.note and f' ({self.note})'}"

    def markdown(self) -> str:
        """Returns the link as Markdown for Prefect's page, on which browsers open no links to files."""
        if self.address.startswith("file:"):
            return f"{self.name}: `{self.address}`"
        return f"[{self.name}]({self.address}){self.note and f' ({self.note})'}"


def summary(root: Path) -> list[str]:
    """Returns lines of plain text: the rates of each method, and the first confirmed failure modes."""
    path = root / VERIFY_METRICS
    measured = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
    lines = [_method(name, rates) for name, rates in measured.items() if "asked" in rates]  # others: of the judge
    if not (root / FAILURE_MODES).is_file():
        return lines
    modes = in_report_order(mode for mode in read_failure_modes(root / FAILURE_MODES) if mode.status == "confirmed")
    first = f", the first {MODES}" if len(modes) > MODES else ""
    return [*lines, f"{headline(root)}{first}", *map(_mode, modes[:MODES]), *_pool(root)]


def headline(root: Path) -> str:
    """Returns how many failure modes are confirmed; without failure modes, that the run is completed."""
    if not (root / FAILURE_MODES).is_file():
        return "completed"
    modes = read_failure_modes(root / FAILURE_MODES)
    confirmed = sum(mode.status == "confirmed" for mode in modes)
    return f"{confirmed} confirmed failure mode{'s' * (confirmed != 1)} of {len(modes)} discovered"


def links(root: Path, work: Path, run_id: str) -> list[Link]:
    """Returns links to the report, MLflow and Prefect, at the ports of `make ui` if it is running.

    `run_id`: of the pipeline run, whose run in MLflow is linked too.
    """
    up = running_pages(work)
    pages, note = (up, "") if up else (DEFAULT, "after `make ui`")
    rest = [*recorded(pages, work, root, find(work, run_id)), Link("Prefect", pages.prefect)]
    noted = [Link(link.name, link.address, ", ".join(filter(None, [link.note, note]))) for link in rest]
    return [Link("report", (root / REPORTS / "index.html").as_uri()), *noted]


def recorded(pages: Pages, work: Path, root: Path, run: PipelineRun | None = None) -> list[Link]:
    """Returns links to a run in MLflow, to the list of runs and, if one is registered, to the candidate's questioners.

    `root`: the folder whose parameters name the candidate. Without `run`, the note of the list names the newest run.
    """
    base, name = tracking_server() or pages.mlflow, registered_name(candidate_name(read_parameters(root)))
    experiment, registered = read_store(work, name)
    found = [Link("questioner", f"{base}/#/models/{name}")] if registered else []
    if not experiment:
        return [Link("MLflow runs", base, "none is recorded yet"), *found]
    newest = next((f"newest: {one.name}" for one in all_runs(work)), "")
    runs = Link("MLflow runs", f"{base}/{page(experiment)}", "" if run else newest)
    if run is None or not run.mlflow_run:
        return [runs, *found]
    return [Link("MLflow run", f"{base}/{page(run.experiment, run.mlflow_run)}", run.name), runs, *found]


def _method(name: str, rates: dict[str, Any]) -> str:
    failure, valid = (
        "none" if rates[rate] is None else percent(rates[rate]) for rate in ("failure_rate", "valid_rate")
    )
    return f"{name}: {rates['asked']:,} questions, failure rate {failure}, valid rate {valid}"


def _pool(root: Path) -> list[str]:
    """Returns a line about the questions of a pool that were not asked; none without a pool."""
    path = root / SUMMARY
    found = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
    return [found["pool"]["sentence"]] if "pool" in found else []


def _mode(mode: FailureMode) -> str:
    wrong = f"{percent(mode.low)} – {percent(mode.high)}, {mode.failures} of {mode.asked} wrong"
    rate = f"error rate {percent(mode.error_rate)} ({wrong}), {mode.strength} evidence"
    return f"  {mode.name}: {rate}{', novel' if mode.is_novel else ''} [{' + '.join(mode.features)}]"
