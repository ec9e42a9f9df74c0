"""Summarises all searches: figures, target values that were met, and a page."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd
from pydantic import Field

from bench.page import render_search
from bench.plan import DATA, FOLDER, Plan, load, read_candidates, read_plan
from bench.scoring.summary import Bar, bars_met, differences, figure, figures, pooled, with_ratios
from bench.scoring.uniform import ModeRate
from bench.search_rates import RATES, Counts
from bench.searchers.methods import Methods
from blindspot import store
from blindspot.errors import run
from blindspot.params import Section
from blindspot.tracking import stage_run

METRICS, BARS = FOLDER / "metrics/search.json", FOLDER / "metrics/search_bars.json"
PAGE = FOLDER / "data/search.html"
OURS = "ours"


class Params(Section):
    """The target values of `ours`."""

    bars: dict[str, Bar] = Field(description="target value of each measure: of its mean, or of the rates of all modes")


def main() -> None:
    """Writes bench/metrics/search.json, bench/metrics/search_bars.json and bench/data/search.html."""
    params, plan, candidates = load("search_summary", Params), read_plan(Plan), read_candidates()
    threshold = load("search_run", Methods).threshold
    runs = {name: read_runs(DATA / name, plan.methods_for(candidates, name), plan.seeds) for name in candidates.names}
    rates = {name: store.read_json(RATES / f"{name}.json") for name in candidates.names}
    found = {name: summary(of_seeds, threshold, rates[name]) for name, of_seeds in runs.items()}
    bars = {name: bars_met(one["figures"][OURS] | one["rates"][OURS], params.bars) for name, one in found.items()}
    with stage_run("search_summary", store.work_folder(), {}) as mlflow:
        store.write_json(METRICS, found)
        store.write_json(BARS, bars)
        curves = {name: explained_by_calls(of_seeds) for name, of_seeds in runs.items()}
        PAGE.write_text(render_search(found, bars, curves), encoding="utf-8")
        mlflow.log_metrics({f"{name}/{bar}/met": row["met"] for name, of in bars.items() for bar, row in of.items()})
        mlflow.log_table(_table(found), "search.json")
        mlflow.log_artifact(str(PAGE), "search")


def read_runs(folder: Path, methods: Sequence[str], seeds: Sequence[int]) -> list[dict[str, Any]]:
    """Returns, for each seed, the output of search_run by method."""
    return [{method: store.read_json(folder / method / f"{seed}.json") for method in methods} for seed in seeds]


def summary(of_seeds: Sequence[Mapping[str, Any]], threshold: float, uniform: Counts) -> dict[str, Any]:
    """Returns the figures over seeds, the differences to templates, and the rates of all modes as figures.

    `uniform`: of search_rates; the rates of all modes are compared with these.
    """
    seeds = [with_ratios({method: found["measures"] for method, found in one.items()}) for one in of_seeds]
    rates = {
        method: pooled([[mode_rate(rate, uniform) for rate in one[method]["modes"]] for one in of_seeds], threshold)
        for method in of_seeds[0]
    }
    return {
        "figures": figures(seeds),
        "differences": differences(seeds),
        "rates": {
            method: {f"all_modes_{name}": figure([value]) for name, value in scores.items()}
            for method, scores in rates.items()
        },
    }


def mode_rate(rate: Mapping[str, Any], uniform: Counts) -> ModeRate:
    """Returns the rate of a mode of a search, with the uniform rate of search_rates where it has questions."""
    asked, failures = uniform[rate["name"]]
    return ModeRate(**{**rate, "uniform": failures / asked if asked else rate["uniform"]})


def explained_by_calls(of_seeds: Sequence[Mapping[str, Any]]) -> pd.DataFrame:
    """Returns the mean explained mass over seeds: a row for each number of calls, a column for each method."""
    curves = {
        method: pd.DataFrame([dict(one[method]["explained_mass"]) for one in of_seeds])
        .sort_index(axis=1)
        .ffill(axis=1)
        .mean()
        for method in of_seeds[0]
    }  # ffill: the explained mass of a search that ended early stays as it was
    return pd.DataFrame(curves).sort_index()


def _table(found: Mapping[str, Mapping[str, Any]]) -> pd.DataFrame:
    """Returns a row for each candidate, method and measure."""
    return pd.DataFrame(
        [
            {"candidate": candidate, "method": method, "measure": measure, **figure}
            for candidate, one in found.items()
            for method, measures in one["figures"].items()
            for measure, figure in measures.items()
        ]
    )


if __name__ == "__main__":
    run(main)
