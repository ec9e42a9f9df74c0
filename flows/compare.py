"""Runs the pipeline by several recipes and seeds, and puts side by side what they found.

`python -m flows.compare recipe.yaml … [--seeds 1 2 …] [-P section.key=value …] [--cross] [--write file.json]`: as soon
as a run ends the file gets what its metrics/verify.json and metrics/audit.json say, and, of several candidates, which
failure modes they share. With --cross every trained questioner is then asked of the others' candidates as well. Every
run lies in a clone of its own; one that fails keeps none of the others from running. docs/comparison.md has the file.
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
from flows import candidates, cross
from flows.overrides import with_changes, with_recipe
from flows.server_choice import completed

METRICS = ("verify", "audit")  # of each run, metrics/<name>.json


def arguments() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m flows.compare", description=__doc__)
    parser.add_argument("recipes", nargs="+", type=Path, metavar="recipe.yaml", help="parameters (recipes/)")
    parser.add_argument("--seeds", nargs="+", type=int, help="each recipe runs once a seed (default: params.yaml's)")
    parser.add_argument("-P", dest="changes", action="append", default=[], metavar="section.key=value")
    parser.add_argument("--cross", action="store_true", help="have each questioner asked of the others' candidates")
    parser.add_argument("--write", type=Path, metavar="file.json", help="where all that is found goes")
    return parser.parse_args()


def main() -> None:
    """Checks every parameter of every run, runs them in turn, prints and writes what came out."""
    asked = arguments()
    runs = {}
    for recipe, called in zip(asked.recipes, candidates.short([*map(str, asked.recipes)]), strict=True):
        values = with_changes(with_recipe(read(), recipe), asked.changes)
        for seed in asked.seeds or [values["seed"]]:
            runs[f"{called}, seed {seed}"] = values | {"seed": seed}
    if asked.cross:
        print(cross.cost(runs), flush=True)
    comparison = Comparison(runs, asked.cross, asked.write)
    try:
        completed(partial(_run, comparison), "a run did not complete")
    finally:
        found = comparison.found
        tables = table(found["runs"]), candidates.table(found["failure_modes"]), cross.table(found["crossed"])
        if text := "\n\n".join("\n".join(lines) for lines in tables if lines):
            print(text)


class Comparison:
    """The runs that are asked for, and what came of them so far."""

    def __init__(self, runs: dict[str, dict[str, Any]], crossing: bool, file: Path | None) -> None:
        self.runs, self.crossing = runs, crossing
        self.found: dict[str, Any] = {"runs": {}, "failure_modes": [], "crossed": []}
        self._file = file
        self._read: list[candidates.Run] = []

    def add(self, name: str, root: Path) -> None:
        """A run that ended, in this folder."""
        candidate = self.runs[name]["candidate"]["model"]
        measured = {metrics: _read(root, metrics) for metrics in METRICS}
        self.found["runs"][name] = {"candidate": candidate, "folder": str(root), **measured}
        self._read.append(candidates.read_run(root, candidate))
        self.found["failure_modes"] = candidates.by_candidate(self._read)
        if self.crossing:
            self.add_crossed(name, candidate, root, own=True)
        self._write()

    def crossings(self) -> list[cross.Crossing]:
        """Those whose questioner is there."""
        return [one for one in cross.crossings(self.runs) if one.trained_on in self.found["runs"]]

    def crossed(self, one: cross.Crossing) -> dict[str, Any]:
        """Its parameters."""
        folder = Path(self.found["runs"][one.trained_on]["folder"])
        return cross.crossed(self.runs[one.trained_on], self.runs[one.asked_of], folder)

    def add_crossed(self, trained_on: str, candidate: str, root: Path, own: bool = False) -> None:
        """What came of a run's questioner with a candidate, in this folder."""
        said = {"trained_on": trained_on, "candidate": candidate, "own": own, "folder": str(root)}
        self.found["crossed"].append(said | cross.rates(_read(root, "verify")))
        self._write()

    def _write(self) -> None:
        if self._file:
            self._file.write_text(json.dumps(self.found, indent=2) + "\n", encoding="utf-8")


def table(found: dict[str, Any]) -> list[str]:
    """Lines of text: how the trained questioner did in each run, and of how many failures an audit says it is one."""
    if not found:
        return []
    width = max(map(len, found))
    columns = ("failure_rate", "valid_rate", "error_rate", "true_failures")
    lines = [" ".join([" " * width, *(f"{name:>13}" for name in columns)])]
    for name, run_found in found.items():
        rates = [run_found["verify"]["trained"].get(column) for column in columns[:3]]
        rates.append(_true_failures(run_found["audit"].get("trained", {})))
        shown = ["" if rate is None else f"{rate:.3f}" for rate in rates]
        lines.append(" ".join([f"{name:{width}}", *(f"{rate:>13}" for rate in shown)]))
    return lines


def _true_failures(audit: dict[str, Any]) -> float | None:
    """The share of the judge's failures that are failures to the auditor; None where nobody looked."""
    agreement = audit.get("agreement")
    precision = agreement and agreement["failure"]["precision"]
    return precision["value"] if precision else None


def _read(root: Path, name: str) -> Any:
    """Empty where the pipeline makes no such file."""
    path = root / "metrics" / f"{name}.json"
    return json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}


def _run(comparison: Comparison, await_server: Callable[[], None]) -> Any:
    """Runs all, the crossings after the others, and tells the comparison what came of each."""
    from prefect import State, flow
    from prefect.states import Completed, Failed

    from flows.params import Params
    from flows.pipeline import ask, discover

    @flow(name="compare", flow_run_name=f"{len(comparison.runs)} runs")
    def compare() -> State[Any]:
        failed = []

        def root(name: str, how: Any, values: dict[str, Any]) -> Path | None:
            state = how.with_options(flow_run_name=name)(Params.model_validate(values), return_state=True)
            if state.is_completed():
                return Path(str(state.result()))
            failed.append(f"{name}: {state.message}")
            return None

        for name, values in comparison.runs.items():
            if folder := root(name, discover, values):
                comparison.add(name, folder)
        for one in comparison.crossings() if comparison.crossing else []:
            candidate = comparison.runs[one.asked_of]["candidate"]["model"]
            if folder := root(f"{one.trained_on}, asked of {candidate}", ask, comparison.crossed(one)):
                comparison.add_crossed(one.trained_on, candidate, folder)
        done = f"{len(comparison.found['runs'])} runs"
        return Failed(message="; ".join(failed)) if failed else Completed(message=done)

    await_server()
    return compare(return_state=True)


if __name__ == "__main__":
    try:
        run(main)
    except KeyboardInterrupt:
        sys.exit("interrupted: the same command goes on from the last checkpoint")
