"""Summarises what a run found in a few lines, and links to the pages that show it."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from blindspot.metrics import percent
from blindspot.paths import FAILURE_MODES, REPORTS, SUMMARY, VERIFY_METRICS
from blindspot.recording.operations import REGISTERED
from blindspot.records.failure_mode import FailureMode, in_report_order, read_failure_modes
from flows.pages import DEFAULT, Pages, running_pages
from flows.registry import read_store, tracking_server

RUNS = "workflowType=machine_learning"  # without it MLflow shows traces, of which there are none
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
    discovered = read_failure_modes(root / FAILURE_MODES)
    modes = in_report_order(mode for mode in discovered if mode.status == "confirmed")
    count = f"{len(modes)} confirmed failure mode{'s' * (len(modes) != 1)} of {len(discovered)} discovered"
    first = f", the first {MODES}" if len(modes) > MODES else ""
    return [*lines, f"{count}{first}", *map(_mode, modes[:MODES]), *_pool(root)]


def links(root: Path, work: Path, group: str) -> list[Link]:
    """Returns links to the report, MLflow and Prefect, at the ports of `make ui` if it is running."""
    up = running_pages(work)
    pages, note = (up, "") if up else (DEFAULT, "after `make ui`")
    runs, *rest = recorded(pages, work)
    runs = Link(runs.name, runs.address, ", ".join(filter(None, [f"group {group}", runs.note, note])))
    rest = [Link(link.name, link.address, note) for link in [*rest, Link("Prefect", pages.prefect)]]
    return [Link("report", (root / REPORTS / "index.html").as_uri()), runs, *rest]


def recorded(pages: Pages, work: Path) -> list[Link]:
    """Returns links to MLflow's list of runs and, if a questioner is registered, to its versions."""
    base = tracking_server() or pages.mlflow
    experiment, registered = read_store(work)
    listed = f"{base}/#/experiments/{experiment}/runs?{RUNS}"
    runs = Link("MLflow runs", listed) if experiment else Link("MLflow runs", base, "none is recorded yet")
    return [runs, *([Link("questioner", f"{base}/#/models/{REGISTERED}")] if registered else [])]


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
