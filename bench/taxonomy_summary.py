"""Summarises all runs of the taxonomy bench."""

from collections.abc import Mapping, Sequence
from statistics import mean
from typing import Any

from pydantic import Field

from bench.plan import FOLDER, read_plan
from bench.scoring.agreement import search_agreement
from blindspot import store
from blindspot.errors import run
from blindspot.params import Section
from blindspot.tracking import stage_run

DATA, METRICS = FOLDER / "data/taxonomy", FOLDER / "metrics/taxonomy.json"
OWN = "own"


class Params(Section):
    """The cases and seeds that were run."""

    cases: list[str] = Field(description="cases that run with each seed in `plantings`")
    plantings: list[int] = Field(min_length=1, description="seeds of `cases`")
    own_seeds: list[int] = Field(min_length=2, description="seeds of the case own")


def main() -> None:
    """Reads bench/data/taxonomy/<case>/<seed>.json; writes bench/metrics/taxonomy.json."""
    params = read_plan(Params)
    seeds = {OWN: params.own_seeds} | dict.fromkeys(params.cases, params.plantings)
    found = {case: [store.read_json(DATA / case / f"{seed}.json") for seed in of] for case, of in seeds.items()}
    summaries = {case: summary([run["measures"] for run in runs]) for case, runs in found.items()}
    summaries[OWN]["skills_between_searches"] = aggregate(search_agreement([run["skills"] for run in found[OWN]]))
    with stage_run("taxonomy_summary", store.work_folder(), {}) as mlflow:
        store.write_json(METRICS, summaries)
        for case, measures in summaries.items():
            mlflow.log_metrics({f"{case}/{name}": row["mean"] for name, row in measures.items() if row})


def summary(runs: Sequence[Mapping[str, float | None]]) -> dict[str, dict[str, Any]]:
    """Returns the aggregate of each measure over runs. `modes` also has the number of runs that report any mode."""
    found = {name: aggregate([one[name] for one in runs]) for name in runs[0]}
    found["modes"]["runs_with_any"] = sum(bool(one["modes"]) for one in runs)
    return found


def aggregate(values: Sequence[float | None]) -> dict[str, Any]:
    """Returns the mean, the least and the greatest of the known values, and all values; empty if none is known."""
    known = [value for value in values if value is not None]
    return {"mean": mean(known), "least": min(known), "most": max(known), "values": [*values]} if known else {}


if __name__ == "__main__":
    run(main)
