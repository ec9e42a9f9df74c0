import math

import pytest

from bench.scoring.scores import Scores
from bench.scoring.summary import Bar, bars_met, figure, figures, with_ratios

DISTINCT = "distinct_failures_per_1000_calls"


def scores(distinct: float, calls: float | None) -> Scores:
    return {DISTINCT: distinct, f"discovery_{DISTINCT}": 2 * distinct, "calls_to_90_recall": calls}


def test_a_figure_is_the_median_with_its_interval() -> None:
    found = figure("vendi", [1.0, 2.0, 3.0, 4.0, 10.0])
    assert found == {"median": 3.0, "low": 1.0, "high": 10.0}
    assert figure("vendi", [2.0] * 5) == {"median": 2.0, "low": 2.0, "high": 2.0}


def test_a_measure_without_a_value_in_most_seeds_has_no_figure() -> None:
    assert figure("mode_precision", [None, None, None, 1.0, 1.0])["median"] is None
    assert figure("mode_precision", [None, 0.5, 1.0, 1.0, 1.0])["median"] == 1.0
    assert figure("mode_recall", [None] * 5) == {"median": None, "low": None, "high": None}


def test_a_level_that_was_never_reached_took_more_calls_than_any_number() -> None:
    assert figure("calls_to_90_recall", [100, 200, 300, None, None]) == {"median": 300, "low": 100, "high": None}
    assert figure("calls_to_90_recall", [100, 200, None, None, None])["median"] is None


def test_ratios_are_relative_to_the_best_prompt_only_method() -> None:
    seed = {
        "ours": scores(60, 100),
        "templates": scores(20, 400),
        "zero_shot": scores(30, None),
        "bandit": scores(90, 50),
    }
    found = with_ratios(seed)
    assert found["ours"]["distinct_to_prompt_only"] == 2.0
    assert found["ours"]["discovery_distinct_to_prompt_only"] == 2.0
    assert found["ours"]["calls_to_90_to_templates"] == 0.25
    assert found["zero_shot"]["calls_to_90_to_templates"] == math.inf


@pytest.mark.parametrize(
    ("ours", "theirs", "ratio"), [(100, None, 0.0), (None, 100, math.inf), (None, None, None), (100, 200, 0.5)]
)
def test_a_ratio_is_infinite_or_zero_if_only_one_method_reaches_the_level(
    ours: float | None, theirs: float | None, ratio: float | None
) -> None:
    found = with_ratios({"ours": scores(1, ours), "templates": scores(0, theirs)})["ours"]
    assert found["calls_to_90_to_templates"] == ratio
    assert found["distinct_to_prompt_only"] == math.inf


def test_a_bar_counts_the_seeds_that_meet_it() -> None:
    seeds: list[Scores] = [{"valid_rate": value} for value in (0.94, 0.95, 1.0, None)]
    found = bars_met(seeds, {"valid_rate": Bar(at_least=0.95)})["valid_rate"]
    assert (found["met"], found["of"], found["values"]) == (2, 4, [0.94, 0.95, 1.0, None])
    assert not Bar(at_most=0.5).met(math.inf) and Bar(at_most=0.0).met(0.0) and not Bar(at_most=0.0).met(0.1)


def test_figures_are_by_method_and_measure() -> None:
    found = figures([{"ours": scores(1, 2)}, {"ours": scores(3, 2)}])
    assert found["ours"][DISTINCT]["median"] == 2.0
