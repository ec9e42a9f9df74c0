"""Summarises all searches: figures, target values that were met, and a page."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd
from pydantic import Field

from bench.page import render_search
from bench.plan import DATA, FOLDER, Plan, load, read_candidates, read_plan
from bench.scoring.scores import Scores
from bench.scoring.summary import Bar, Figure, bars_met, figures, with_ratios
from blindspot import store
from blindspot.errors import run
from blindspot.params import Section
from blindspot.tracking import stage_run

METRICS, BARS = FOLDER / "metrics/search.json", FOLDER / "metrics/search_bars.json"
PAGE = FOLDER / "data/search.html"
OURS = "ours"


class Params(Section):
    """The target values of `ours`."""

    bars: dict[str, Bar] = Field(description="target value of each measure, ratios to other methods included")


def main() -> None:
    """Writes bench/metrics/search.json, bench/metrics/search_bars.json and bench/data/search.html."""
    params, plan, candidates = load("search_summary", Params), read_plan(Plan), read_candidates()
    runs = {name: read_runs(DATA / name, plan.methods_for(candidates, name), plan.seeds) for name in candidates.names}
    seeds = {name: [with_ratios(one) for one in _measures(of_seeds)] for name, of_seeds in runs.items()}
    found = {name: figures(of_seeds) for name, of_seeds in seeds.items()}
    bars = {name: bars_met([one[OURS] for one in of_seeds], params.bars) for name, of_seeds in seeds.items()}
    with stage_run("search_summary", store.work_folder(), {}) as mlflow:
        store.write_json(METRICS, found)
        store.write_json(BARS, bars)
        PAGE.write_text(render_search(found, bars, {name: recalls(of) for name, of in runs.items()}), encoding="utf-8")
        mlflow.log_metrics({f"{name}/{bar}/met": row["met"] for name, of in bars.items() for bar, row in of.items()})
        mlflow.log_table(_table(found), "search.json")
        mlflow.log_artifact(str(PAGE), "search")


def read_runs(folder: Path, methods: Sequence[str], seeds: Sequence[int]) -> list[dict[str, Any]]:
    """Returns, for each seed, the output of search_run by method."""
    return [{method: store.read_json(folder / method / f"{seed}.json") for method in methods} for seed in seeds]


def recalls(of_seeds: Sequence[Mapping[str, Any]]) -> pd.DataFrame:
    """Returns the mean recall over seeds: a row for each number of calls, a column for each method."""
    curves = {
        method: pd.DataFrame([dict(one[method]["recall"]) for one in of_seeds]).sort_index(axis=1).ffill(axis=1).mean()
        for method in of_seeds[0]
    }  # ffill: the recall of a search that ended early stays as it was
    return pd.DataFrame(curves).sort_index()


def _measures(of_seeds: Sequence[Mapping[str, Any]]) -> list[dict[str, Scores]]:
    return [{method: found["measures"] for method, found in one.items()} for one in of_seeds]


def _table(found: Mapping[str, Mapping[str, Mapping[str, Figure]]]) -> pd.DataFrame:
    """Returns a row for each candidate, method and measure."""
    return pd.DataFrame(
        [
            {"candidate": candidate, "method": method, "measure": measure, **figure}
            for candidate, methods in found.items()
            for method, measures in methods.items()
            for measure, figure in measures.items()
        ]
    )


if __name__ == "__main__":
    run(main)
