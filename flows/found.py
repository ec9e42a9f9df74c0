"""Says in a few lines what a run found, and where it is to be looked at."""

import json
from pathlib import Path
from typing import Any

MLFLOW_PORT = 5000
PREFECT_PORT = 4200
MODES = 5


def summary(root: Path) -> list[str]:
    """Lines of plain text: how each method's questions fared, and the first failure modes."""
    measured = _read(root / "metrics/verify.json") or {}
    lines = [_method(name, rates) for name, rates in measured.items() if "asked" in rates]  # others: of the judge
    modes = _read(root / "data/taxonomy/failure_modes.json")
    if modes is None:
        return lines
    lines.append(f"failure modes: {len(modes)}{', the first of them' if len(modes) > MODES else ''}")
    return lines + [_mode(mode) for mode in modes[:MODES]]


def links(root: Path, group: str) -> list[str]:
    """Lines that say where report, MLflow and Prefect are to be opened."""
    return [
        f"report:  {(root / 'reports' / 'index.html').as_uri()}",
        f"MLflow:  http://127.0.0.1:{MLFLOW_PORT} (group {group}), after `make ui`",
        f"Prefect: http://127.0.0.1:{PREFECT_PORT}, after `make ui`",
    ]


def _method(name: str, rates: dict[str, Any]) -> str:
    asked = f"{rates['asked']:,} questions asked"
    return f"{name}: {asked}, {_percent(rates['failure_rate'])} failures, {_percent(rates['valid_rate'])} valid"


def _mode(mode: dict[str, Any]) -> str:
    interval = f"{_percent(mode['low'])}–{_percent(mode['high'])}"
    new = " (new)" if mode.get("known") == [] else ""
    return f"  {_percent(mode['wrong_rate'])} wrong ({interval}, {mode['asked']} asked): {mode['name']}{new}"


def _percent(rate: float | None) -> str:
    return "no rate of" if rate is None else f"{100 * rate:.0f} %"


def _read(path: Path) -> Any:
    """None where the pipeline makes no such file."""
    return json.loads(path.read_text(encoding="utf-8")) if path.is_file() else None
