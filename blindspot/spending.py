"""Reads the budget of a run, and the file in which each stage writes what it and the stages before it have spent."""

from pathlib import Path

from blindspot.budget import Meter
from blindspot.params import BudgetParams
from blindspot.paths import BUDGET
from blindspot.records.spending import NOTHING_SPENT, Reserve, Spending, Stage
from blindspot.store import read_json, write_json

Stages = dict[str, Stage]  # by name, in order


def read_reserve() -> Reserve:
    """Returns what the confirmation needs, as the stage budget computed it; empty without a limit."""
    return Reserve(**read_json(BUDGET)["confirmation"])


def open_meter(before: Path | None, keep: Reserve, ranks: int = 1) -> Meter:
    """Returns the meter of a stage. `before`: the spending of the stages before. `keep`: what the stage leaves."""
    limits = BudgetParams.model_validate(read_json(BUDGET)["limits"])
    return Meter(limits, total(read_stages(before)) if before else NOTHING_SPENT, keep, ranks)


def keep_only(reserve: Reserve, role: str = "") -> Reserve:
    """Returns the reserve with the calls of one role only; with none if no role is given."""
    return reserve._replace(calls={name: calls for name, calls in reserve.calls.items() if name == role})


def total(stages: Stages) -> Spending:
    """Returns what all stages have spent together."""
    found = NOTHING_SPENT
    for stage in stages.values():
        found += stage.spending
    return found


def read_stages(path: Path) -> Stages:
    """Returns what each stage has spent, in order. Raises BlindspotError if the file cannot be read."""
    return {row["stage"]: Stage(Spending.from_json(row), row["ended_by"], row["left_out"]) for row in read_json(path)}


def write_stages(path: Path, stage: str, own: Stage, before: Path | None = None) -> None:
    """Writes what each stage has spent: those in the file `before`, and then this one."""
    stages = (read_stages(before) if before else {}) | {stage: own}
    rows = [
        {"stage": name, "ended_by": one.ended_by, "left_out": one.left_out} | one.spending.to_json()
        for name, one in stages.items()
    ]
    write_json(path, rows)
