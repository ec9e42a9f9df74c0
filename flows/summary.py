"""Says in a few lines what a run found, and at which addresses it is shown."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from blindspot.tracking import REGISTERED
from flows.pages import DEFAULT, Pages, opened
from flows.registry import read_store, tracking_server

RUNS = "workflowType=machine_learning"  # without it MLflow shows traces of chats, which there are none of

MODES = 5


@dataclass(frozen=True)
class Link:
    """An address to open, what is there, and what to know beforehand."""

    name: str
    address: str
    note: str = ""

    def line(self) -> str:
        """As a terminal shows it."""
        return f"{self.name + ':':13}{self.address}{self.note and f' ({self.note})'}"

    def markdown(self) -> str:
        """As Prefect's page shows it: there a browser opens no link to a file."""
        if self.address.startswith("file:"):
            return f"{self.name}: `{self.address}`"
        return f"[{self.name}]({self.address}){self.note and f' ({self.note})'}"


def summary(root: Path) -> list[str]:
    """Lines of plain text: how each method's questions fared, and the first failure modes."""
    measured = _read(root / "metrics/verify.json") or {}
    lines = [_method(name, rates) for name, rates in measured.items() if "asked" in rates]  # others: of the judge
    modes = _read(root / "data/taxonomy/failure_modes.json")
    if modes is None:
        return lines
    lines.append(f"failure modes: {len(modes)}{', the first of them' if len(modes) > MODES else ''}")
    return lines + [_mode(mode) for mode in modes[:MODES]]


def links(root: Path, work: Path, group: str) -> list[Link]:
    """Where to open the report, MLflow's and Prefect's pages: at the ports of the `make ui` that is up, if one is."""
    up = opened(work)
    pages, note = (up, "") if up else (DEFAULT, "after `make ui`")
    runs, *rest = recorded(pages, work)
    runs = Link(runs.name, runs.address, ", ".join(filter(None, [f"group {group}", runs.note, note])))
    rest = [Link(link.name, link.address, note) for link in [*rest, Link("Prefect", pages.prefect)]]
    return [Link("report", (root / "reports" / "index.html").as_uri()), runs, *rest]


def recorded(pages: Pages, work: Path) -> list[Link]:
    """MLflow's list of runs and, where a questioner is registered, its versions. MLflow's first page shows neither."""
    base = tracking_server() or pages.mlflow
    experiment, registered = read_store(work)
    listed = f"{base}/#/experiments/{experiment}/runs?{RUNS}"
    runs = Link("MLflow runs", listed) if experiment else Link("MLflow runs", base, "none is recorded yet")
    return [runs, *([Link("questioner", f"{base}/#/models/{REGISTERED}")] if registered else [])]


def _method(name: str, rates: dict[str, Any]) -> str:
    asked = f"{rates['asked']:,} questions asked"
    return f"{name}: {asked}, {_percent(rates['failure_rate'])} failures, {_percent(rates['valid_rate'])} valid"


def _mode(mode: dict[str, Any]) -> str:
    interval = f"{_percent(mode['low'])}–{_percent(mode['high'])}"
    new = " (novel)" if mode.get("documented") == [] else ""
    return f"  {_percent(mode['error_rate'])} wrong ({interval}, {mode['asked']} asked): {mode['name']}{new}"


def _percent(rate: float | None) -> str:
    return "no rate of" if rate is None else f"{100 * rate:.0f} %"


def _read(path: Path) -> Any:
    """None where the pipeline makes no such file."""
    return json.loads(path.read_text(encoding="utf-8")) if path.is_file() else None
