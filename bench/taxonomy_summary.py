"""taxonomy_summary: what the bench of taxonomies comes to."""

from collections.abc import Mapping, Sequence
from statistics import mean
from typing import Any

from pydantic import Field

from bench.plan import FOLDER, read_plan
from bench.scoring.agreement import of_searches
from blindspot import store
from blindspot.errors import run
from blindspot.params import Section
from blindspot.tracking import stage_run

DATA, METRICS = FOLDER / "data/taxonomy", FOLDER / "metrics/taxonomy.json"
OWN = "own"


class Params(Section):
    """What was run."""

    cases: list[str] = Field(description="by each of `plantings`")
    plantings: list[int] = Field(min_length=1, description="seeds")
    seeds: list[int] = Field(min_length=2, description="of the embedded candidate's own weaknesses")


def main() -> None:
    """Reads bench/data/taxonomy/<case>/<seed>.json; writes bench/metrics/taxonomy.json."""
    params = read_plan(Params)
    seeds = {OWN: params.seeds} | dict.fromkeys(params.cases, params.plantings)
    found = {case: [store.read_json(DATA / case / f"{seed}.json") for seed in of] for case, of in seeds.items()}
    summed = {case: summary([run["measures"] for run in runs]) for case, runs in found.items()}
    summed[OWN]["skills_between_searches"] = summed_up(of_searches([run["skills"] for run in found[OWN]]))
    with stage_run("taxonomy_summary", store.work_folder(), {}) as mlflow:
        store.write_json(METRICS, summed)
        for case, measures in summed.items():
            mlflow.log_metrics({f"{case}/{name}": row["mean"] for name, row in measures.items() if row})


def summary(runs: Sequence[Mapping[str, float | None]]) -> dict[str, dict[str, Any]]:
    """Of each measure its mean over runs; `modes` with how many runs report any."""
    found = {name: summed_up([one[name] for one in runs]) for name in runs[0]}
    found["modes"]["runs_with_any"] = sum(bool(one["modes"]) for one in runs)
    return found


def summed_up(values: Sequence[float | None]) -> dict[str, Any]:
    """Mean, least and most of those that are known, and all of them; nothing where none is."""
    known = [value for value in values if value is not None]
    return {"mean": mean(known), "least": min(known), "most": max(known), "values": [*values]} if known else {}


if __name__ == "__main__":
    run(main)
