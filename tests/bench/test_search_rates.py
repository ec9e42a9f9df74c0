"""Uniform rates of modes on further uniform questions."""

import pytest

from bench.search_rates import Params, measure_rates
from bench.search_summary import mode_rate
from blindspot.scenes.planted import PlantedCandidate

NAMES = ("judging positions + answer yes", "judging positions", "counting")


def test_rates_are_those_of_uniform_questions_and_no_mode_has_many_more_than_enough() -> None:
    candidate = PlantedCandidate(["family == relation and answer == yes"], 0.0, 0)
    found = measure_rates(NAMES, candidate, Params(enough=200, most=20_000))
    always, positions, counting = (found[name] for name in NAMES)
    assert always[0] == always[1] >= 200 and counting[1] == 0
    assert 0.2 < positions[1] / positions[0] < 0.6  # fails with probability 1e-18 (binomial of about 520 at 0.38)
    assert counting[0] < 20_000 / 10  # asking ended


def test_few_questions_are_drawn_at_most_and_a_mode_may_have_none() -> None:
    found = measure_rates(
        ["no such feature", "counting"], PlantedCandidate([], 1.0, 0), Params(enough=10**6, most=5000)
    )
    assert found["no such feature"] == (0, 0) and found["counting"][0] == found["counting"][1] > 0


@pytest.mark.parametrize(("counts", "rate"), [((10, 4), 0.4), ((0, 0), 0.25)])
def test_a_mode_without_further_questions_keeps_its_uniform_rate(counts: tuple[int, int], rate: float) -> None:
    row = {"name": "a", "status": "confirmed", "asked": 9, "reference": 0.5, "low": 0.1, "high": 0.9, "uniform": 0.25}
    assert mode_rate(row, {"a": counts}).uniform == rate
