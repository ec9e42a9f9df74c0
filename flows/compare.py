"""Runs the pipeline with several recipes and seeds, and compares the results.

Each run has a clone of its own; a run that fails does not stop the others. After each run, the command updates the
file of --write: the metrics of verify and audit of each run and, with several candidates, the failure modes that they
share. With --cross, each trained questioner also asks the other runs' candidates. docs/comparison.md explains it.
"""

import argparse
import json
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from blindspot.errors import run
from blindspot.params import read
from blindspot.store import work_folder
from flows import candidates, cross
from flows.command_line import add_changes
from flows.command_line import parser as command_parser
from flows.overrides import with_changes, with_recipe
from flows.recovery import running
from flows.server_choice import run_flow

METRICS = ("verify", "audit")  # of each run, metrics/<name>.json


def arguments() -> argparse.Namespace:
    """The command line."""
    parser = command_parser(
        "compare",
        __doc__,
        "recipes/judges/alone.yaml recipes/judges/votes.yaml --seeds 0 1 2 --write found.json",
        "mine.yaml other.yaml --cross",
    )
    parser.add_argument("recipes", nargs="+", type=Path, metavar="recipe.yaml", help="recipe to run (recipes/)")
    parser.add_argument("--seeds", nargs="+", type=int, help="run each recipe once per seed (default: its own seed)")
    add_changes(parser)
    parser.add_argument("--cross", action="store_true", help="let each questioner also ask the other candidates")
    parser.add_argument("--write", type=Path, metavar="file.json", help="file for the results")
    return parser.parse_args()


def main() -> None:
    """Checks the parameters of all runs, runs them in turn, then prints and writes the results."""
    given = arguments()
    runs = {}
    for recipe, name in zip(given.recipes, candidates.short([*map(str, given.recipes)]), strict=True):
        values = with_changes(with_recipe(read(), recipe), given.changes)
        for seed in given.seeds or [values["seed"]]:
            runs[f"{name}, seed {seed}"] = values | {"seed": seed}
    if given.cross:
        print(cross.cost(runs), flush=True)
    comparison = Comparison(runs, given.cross, given.write)
    try:
        run_flow(partial(_run, comparison), "a run did not complete")
    finally:
        found = comparison.results
        tables = table(found["runs"]), candidates.table(found["failure_modes"]), cross.table(found["crossed"])
        if text := "\n\n".join("\n".join(lines) for lines in tables if lines):
            print(text)


class Comparison:
    """The requested runs by name, each with its parameters, and the results so far."""

    def __init__(self, runs: dict[str, dict[str, Any]], crossing: bool, file: Path | None) -> None:
        self.runs, self.crossing = runs, crossing
        self.results: dict[str, Any] = {"runs": {}, "failure_modes": [], "crossed": []}
        self._file = file
        self._read: list[candidates.Run] = []

    def add(self, name: str, root: Path) -> None:
        """Adds the results of a completed run in the folder `root`."""
        candidate = self.runs[name]["candidate"]["model"]
        measured = {metrics: _read(root, metrics) for metrics in METRICS}
        self.results["runs"][name] = {"candidate": candidate, "folder": str(root), **measured}
        self._read.append(candidates.read_run(root, candidate))
        self.results["failure_modes"] = candidates.by_candidate(self._read)
        if self.crossing:
            self.add_crossed(name, candidate, root, own=True)
        self._write()

    def crossings(self) -> list[cross.Crossing]:
        """Returns the crossings whose questioner was trained: its run completed."""
        return [one for one in cross.crossings(self.runs) if one.trained_on in self.results["runs"]]

    def crossing_params(self, one: cross.Crossing) -> dict[str, Any]:
        """Returns the parameters of a crossing."""
        folder = Path(self.results["runs"][one.trained_on]["folder"])
        return cross.crossing_params(self.runs[one.trained_on], self.runs[one.asked_of], folder)

    def add_crossed(self, trained_on: str, candidate: str, root: Path, own: bool = False) -> None:
        """Adds the results of a run's questioner with a candidate, in the folder `root`."""
        row = {"trained_on": trained_on, "candidate": candidate, "own": own, "folder": str(root)}
        self.results["crossed"].append(row | cross.rates(_read(root, "verify")))
        self._write()

    def _write(self) -> None:
        if self._file:
            self._file.write_text(json.dumps(self.results, indent=2) + "\n", encoding="utf-8")


def table(runs: dict[str, Any]) -> list[str]:
    """Returns a table as lines of text: the trained questioner's rates in each run, and the audit's true failures."""
    if not runs:
        return []
    width = max(map(len, runs))
    columns = ("failure_rate", "valid_rate", "error_rate", "true_failures")
    lines = [" ".join([" " * width, *(f"{name:>13}" for name in columns)])]
    for name, results in runs.items():
        rates = [results["verify"]["trained"].get(column) for column in columns[:3]]
        rates.append(_true_failures(results["audit"].get("trained", {})))
        shown = ["" if rate is None else f"{rate:.3f}" for rate in rates]
        lines.append(" ".join([f"{name:{width}}", *(f"{rate:>13}" for rate in shown)]))
    return lines


def _true_failures(audit: dict[str, Any]) -> float | None:
    """Returns the share of the judge's failures that the auditor confirms; None where nothing was audited."""
    agreement = audit.get("agreement")
    precision = agreement and agreement["failure"]["precision"]
    return precision["value"] if precision else None


def _read(root: Path, name: str) -> Any:
    """Returns the metrics in metrics/<name>.json; an empty dict where the pipeline writes no such file."""
    path = root / "metrics" / f"{name}.json"
    return json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}


def _run(comparison: Comparison, await_server: Callable[[], None]) -> Any:
    """Runs all runs, then the crossings, and adds the results of each to the comparison."""
    from prefect import State, flow
    from prefect.runtime import flow_run
    from prefect.states import Completed, Failed

    @flow(name="compare", flow_run_name=f"{len(comparison.runs)} runs")
    def compare() -> State[Any]:
        with running(work_folder(), flow_run.id):
            failed = _run_all(comparison)
        done = f"{len(comparison.results['runs'])} runs"
        return Failed(message="; ".join(failed)) if failed else Completed(message=done)

    await_server()
    return compare(return_state=True)


def _run_all(comparison: Comparison) -> list[str]:
    """Returns the messages of the runs that failed."""
    from flows.params import Params
    from flows.pipeline import ask, discover

    failed = []

    def run_one(name: str, pipeline: Any, values: dict[str, Any]) -> Path | None:
        """Returns the folder of the run; None where it failed."""
        state = pipeline.with_options(flow_run_name=name)(Params.model_validate(values), return_state=True)
        if state.is_completed():
            return Path(state.result().folder)
        failed.append(f"{name}: {state.message}")
        return None

    for name, values in comparison.runs.items():
        if folder := run_one(name, discover, values):
            comparison.add(name, folder)
    for one in comparison.crossings() if comparison.crossing else []:
        candidate = comparison.runs[one.asked_of]["candidate"]["model"]
        if folder := run_one(f"{one.trained_on}, asking {candidate}", ask, comparison.crossing_params(one)):
            comparison.add_crossed(one.trained_on, candidate, folder)
    return failed


if __name__ == "__main__":
    try:
        run(main, takes_arguments=True)
    except KeyboardInterrupt:
        sys.exit("interrupted: run the same command again to resume")
