"""Measures of failure modes against uniformly drawn questions."""

from dataclasses import replace

import numpy as np
import pytest

from bench.scoring.uniform import Uniform, mass_scores, mode_rates, rate_scores
from blindspot.records.failure_mode import FailureMode, Status

THRESHOLD = 0.25


def mode(feature: str, status: Status, asked: int = 10, failures: int = 8) -> FailureMode:
    rate = failures / asked if asked else float("nan")
    made = FailureMode(feature, feature, (feature,), asked, failures, rate, 0.5, 0.9, 1.0, 0.0, ())
    return replace(made, status=status)


# 10 questions: 4 about counting, of which 3 fail; 2 about colour, of which 1 fails; 4 others, of which 1 fails.
TRUTH = Uniform(
    [frozenset({name}) for name in ["counting"] * 4 + ["colour"] * 2 + ["other"] * 4],
    np.array([1, 1, 1, 0, 1, 0, 1, 0, 0, 0], dtype=bool),
    np.array([1] * 6 + [0] * 4, dtype=bool),
)


def test_explained_mass_is_the_share_of_the_failures_in_weaknesses() -> None:
    modes = [mode("counting", "confirmed"), mode("colour", "not_confirmed"), mode("other", "too_few")]
    found = mass_scores(modes, TRUTH, THRESHOLD)
    assert (found["discovered"], found["confirmed"]) == (3, 1)
    assert (found["explained_mass"], found["explained_mass_discovered"]) == (0.75, 1.0)
    assert (found["mass"], found["purity"]) == (0.4, 0.75)
    assert found["excess"] == pytest.approx(100 * (3 - 4 * THRESHOLD) / 10)
    assert found["weak_excess"] == pytest.approx(100 * (4 - 6 * THRESHOLD) / 10)
    assert found["excess_ratio"] == pytest.approx(2.0 / 2.5)


def test_without_a_mode_nothing_is_explained() -> None:
    found = mass_scores([], TRUTH, THRESHOLD)
    assert (found["explained_mass"], found["excess"], found["purity"]) == (0.0, 0.0, None)
    no_weakness = Uniform(TRUTH.features, np.zeros(10, dtype=bool), np.zeros(10, dtype=bool))
    found = mass_scores([], no_weakness, THRESHOLD)
    assert found["explained_mass"] is None and found["excess_ratio"] is None


def test_reference_rates_are_compared_with_uniform_rates() -> None:
    modes = [mode("counting", "confirmed"), mode("colour", "confirmed"), mode("other", "confirmed", failures=7)]
    rates = mode_rates(modes, TRUTH)
    assert [rate.uniform for rate in rates] == [0.75, 0.5, 0.25]
    found = rate_scores(rates, THRESHOLD)
    assert found["bias"] == pytest.approx((0.05 + 0.3 + 0.45) / 3)
    assert found["coverage"] == pytest.approx(2 / 3) and found["width"] == pytest.approx(0.4)
    assert found["true_modes"] == pytest.approx(2 / 3)


def test_a_mode_without_questions_has_no_rate() -> None:
    assert mode_rates([mode("counting", "too_few", 0, 0), mode("texts", "confirmed")], TRUTH) == []
    assert set(rate_scores([], THRESHOLD).values()) == {None}
