"""Runs the pipeline by several recipes and seeds, and puts their rates side by side.

`python -m flows.compare recipe.yaml … [--seeds 1 2 …] [-P section.key=value …] [--write file.json]`: as soon as a run
ends the file gets what its metrics/verify.json and metrics/audit.json say. Every run lies in a clone of its own; one
that fails keeps none of the others from running.
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
from flows.edit import with_changes, with_recipe
from flows.served import completed

METRICS = ("verify", "audit")  # of each run, metrics/<name>.json


def arguments() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m flows.compare", description=__doc__)
    parser.add_argument("recipes", nargs="+", type=Path, metavar="recipe.yaml", help="parameters (recipes/)")
    parser.add_argument("--seeds", nargs="+", type=int, help="each recipe runs once a seed (default: params.yaml's)")
    parser.add_argument("-P", dest="changes", action="append", default=[], metavar="section.key=value")
    parser.add_argument("--write", type=Path, metavar="file.json", help="where every rate goes")
    return parser.parse_args()


def main() -> None:
    """Checks every parameter of every run, runs them in turn, prints and writes what came out."""
    asked = arguments()
    runs = {}
    for recipe in asked.recipes:
        values = with_changes(with_recipe(read(), recipe), asked.changes)
        for seed in asked.seeds or [values["seed"]]:
            runs[f"{recipe.stem}, seed {seed}"] = values | {"seed": seed}
    found: dict[str, Any] = {}
    try:
        completed(partial(_run, runs, found, asked.write), "a run did not complete")
    finally:
        if found:
            print("\n".join(table(found)))


def table(found: dict[str, Any]) -> list[str]:
    """Lines of text: how the trained questioner did in each run, and of how many failures an audit says it is one."""
    width = max(map(len, found))
    columns = ("failure_rate", "valid_rate", "wrong_rate", "true_failures")
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


def _run(
    runs: dict[str, dict[str, Any]], found: dict[str, Any], file: Path | None, await_server: Callable[[], None]
) -> Any:
    """Puts what came out of each run into `found`, and into the file."""
    from prefect import State, flow
    from prefect.states import Completed, Failed

    from flows.params import Params
    from flows.pipeline import discover

    @flow(name="compare", flow_run_name=f"{len(runs)} runs")
    def compare(names: list[str]) -> State[Any]:
        failed = []
        for name in names:
            state = discover.with_options(flow_run_name=name)(Params.model_validate(runs[name]), return_state=True)
            if not state.is_completed():
                failed.append(f"{name}: {state.message}")
                continue
            found[name] = {metrics: _read(Path(str(state.result())), metrics) for metrics in METRICS}
            if file:
                file.write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")
        return Failed(message="; ".join(failed)) if failed else Completed(message=f"{len(found)} runs")

    await_server()
    return compare([*runs], return_state=True)


if __name__ == "__main__":
    try:
        run(main)
    except KeyboardInterrupt:
        sys.exit("interrupted: the same command goes on from the last checkpoint")
