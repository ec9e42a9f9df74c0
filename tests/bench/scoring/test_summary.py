import pytest

from bench.scoring.summary import Bar, bars_met, differences, figure, figures, pooled, with_ratios
from bench.scoring.uniform import ModeRate, Scores


def scores(failure_rate: float | None) -> Scores:
    return {"failure_rate": failure_rate, "vendi": 2.0}


def test_a_figure_has_the_mean_the_standard_deviation_and_the_range() -> None:
    found = figure([1.0, 2.0, 3.0, None])
    assert found == {"mean": 2.0, "sd": 1.0, "least": 1.0, "most": 3.0, "seeds": 3}
    assert figure([2.0])["sd"] is None
    assert figure([None, None]) == {"mean": None, "sd": None, "least": None, "most": None, "seeds": 0}


def test_failure_rates_are_divided_by_those_of_the_templates_with_the_same_seed() -> None:
    found = with_ratios({"ours": scores(0.6), "templates": scores(0.2), "bandit": scores(None)})
    assert found["ours"]["failure_rate_to_templates"] == pytest.approx(3.0)
    assert found["bandit"]["failure_rate_to_templates"] is None
    assert with_ratios({"ours": scores(0.6)})["ours"]["failure_rate_to_templates"] is None
    assert with_ratios({"ours": scores(0.6), "templates": scores(0.0)})["ours"]["failure_rate_to_templates"] is None


def test_differences_are_paired_by_seed() -> None:
    seeds = [{"ours": scores(0.5), "templates": scores(0.1)}, {"ours": scores(0.9), "templates": scores(0.3)}]
    found = differences(seeds)
    assert {*found} == {"ours"}
    assert found["ours"]["failure_rate"] == {
        "mean": 0.5,
        "sd": pytest.approx(0.1414, abs=1e-4),
        "least": 0.4,
        "most": pytest.approx(0.6),
        "seeds": 2,
    }
    assert differences([{"ours": scores(0.5)}]) == {}
    assert figures(seeds)["templates"]["failure_rate"]["mean"] == 0.2


def test_the_rates_of_all_seeds_are_pooled_over_modes() -> None:
    exact = ModeRate("a", "confirmed", 40, 0.5, 0.4, 0.6, 0.5)
    high = ModeRate("b", "confirmed", 40, 0.9, 0.8, 1.0, 0.2)
    found = pooled([[exact, exact, exact], [high]], 0.25)
    assert found["modes"] == 4 and found["coverage"] == 0.75 and found["true_modes"] == 0.75
    assert found["bias"] == pytest.approx(0.7 / 4)


@pytest.mark.parametrize(
    ("bar", "met"),
    [
        (Bar(at_least=0.95), True),
        (Bar(at_least=0.96), False),
        (Bar(at_most=0.96), True),
        (Bar(at_least=-0.1, at_most=0.1), False),
        (Bar(at_least=0.95, each_at_least=0.9), True),
        (Bar(at_least=0.95, each_at_least=0.93), False),
    ],
)
def test_a_bar_concerns_the_mean_and_the_least_value(bar: Bar, met: bool) -> None:
    found = bars_met({"valid_rate": figure([0.92, 0.98, 0.96])}, {"valid_rate": bar})["valid_rate"]
    assert found["met"] is met and found["seeds"] == 3


def test_a_figure_without_a_value_meets_no_bar() -> None:
    assert not Bar(at_most=900).met(figure([None]))
