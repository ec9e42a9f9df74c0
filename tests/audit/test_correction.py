"""Tests that corrected intervals contain the truth and correct the judge's errors."""

from dataclasses import replace

import numpy as np
import pytest

from blindspot.audit.correction import RATES, corrected
from blindspot.metrics import rates
from blindspot.records.verdict import OUTCOMES
from tests.audit.simulation import Clusters, coverage, one_each

EXACT = np.diag([60, 30, 10, 0])


def test_intervals_contain_the_truth_in_about_95_percent_of_simulations() -> None:
    """Fails for intervals of 95 % with probability below 1e-3 (three rates, binomial of 500 simulations)."""
    found = coverage(500, 0, lambda rng: int(rng.integers(100, 501)))
    assert found.keys() == RATES.keys()
    for name, (held, _) in found.items():
        assert 0.91 <= held <= 0.98, name


@pytest.mark.parametrize("audited", [30, 100])
def test_intervals_contain_the_truth_where_rollouts_about_an_image_are_alike(audited: int) -> None:
    """Fails for correct code with probability below 2e-3 (three rates, binomial of 200 simulations).

    In 600 worlds with other seeds or more, 95 % to 98 % of the intervals contain the truth, 77 % of the narrow ones.
    """
    clusters = Clusters(times=4, per_image=8, alike=0.9)
    held = coverage(200, 0, lambda _: audited, clusters=clusters)
    too_narrow = coverage(200, 0, lambda _: audited, clusters=replace(clusters, ignored=True))
    for name in RATES:
        assert 0.88 <= held[name][0] <= (1.0 if name == "valid_rate" else 0.995), name
        assert too_narrow[name][0] < 0.88, name


def test_rollouts_about_one_image_count_as_one() -> None:
    judged, audited = np.array([10, 10, 0, 0]), np.diag([10, 10, 0, 0])
    apart = corrected(*one_each(judged, audited))["error_rate"]
    pairs = corrected(np.diag([5] * 2 + [0] * 2)[:2], np.array([np.diag([5, 0, 0, 0]), np.diag([0, 5, 0, 0])]))
    alone = corrected(judged[None], audited[None])["error_rate"]
    assert apart.high - apart.low < 0.5 < pairs["error_rate"].high - pairs["error_rate"].low
    assert alone.high - alone.low > 0.8, "one image shows nothing about others"


def test_without_rollouts_the_interval_says_nothing() -> None:
    nothing = corrected(np.zeros((0, 4), int), np.zeros((0, 4, 4), int))["error_rate"]
    assert (nothing.low, nothing.high) == (0, 1)


def test_an_exact_judge_is_hardly_corrected() -> None:
    judged = np.array([600, 300, 100, 0])
    found = corrected(*one_each(judged, np.diag([120, 60, 20, 0])))
    for name, expected in {"failure_rate": 0.6, "valid_rate": 0.9, "error_rate": 2 / 3}.items():
        assert found[name].value == pytest.approx(expected, abs=0.01)
        assert found[name].high - found[name].low < 0.09


def test_a_judge_that_calls_half_of_the_correct_failures_is_corrected() -> None:
    judged, audited = np.array([650, 250, 100, 0]), np.array([[40, 25, 0, 0], [0, 25, 0, 0], [0, 0, 10, 0], [0] * 4])
    found = corrected(*one_each(judged, audited))
    assert found["failure_rate"].low < 0.4 < found["failure_rate"].high < 0.6
    assert found["error_rate"].low < 4 / 9 < found["error_rate"].high < 0.65
    assert found["valid_rate"].value == pytest.approx(0.9, abs=0.02)


def test_with_a_judge_at_chance_the_audit_alone_decides() -> None:
    by_chance = np.array([[15, 15, 0, 0], [15, 15, 0, 0], [0] * 4, [0] * 4])
    found = corrected(*one_each(np.array([5000, 5000, 0, 0]), by_chance))["error_rate"]
    assert found.value == pytest.approx(0.5, abs=0.01)
    assert found.high - found.low == pytest.approx(2 * 1.96 * np.sqrt(0.25 / 60), rel=0.1)


def test_a_larger_audit_gives_a_narrower_interval() -> None:
    judged = np.array([700, 250, 50, 0])
    noisy = np.array([[30, 6, 0, 0], [4, 16, 0, 0], [0, 1, 3, 0], [0] * 4])
    few, many = (corrected(*one_each(judged, noisy * times))["failure_rate"] for times in (1, 4))
    assert many.high - many.low < 0.75 * (few.high - few.low)


def test_a_valid_rate_of_1_is_possible_if_no_audited_rollout_is_invalid() -> None:
    found = corrected(*one_each(np.array([600, 400, 0, 0]), np.diag([60, 40, 0, 0])))
    assert found["valid_rate"].high == 1 and 0.95 < found["valid_rate"].low < 1
    no_failure = corrected(*one_each(np.array([0, 400, 100, 0]), np.diag([0, 80, 20, 0])))
    assert no_failure["error_rate"].low == 0


def test_an_audit_without_errors_does_not_prove_an_exact_judge() -> None:
    judged = np.array([50_000, 50_000, 0, 0])
    found = corrected(*one_each(judged, np.diag([50, 50, 0, 0])))["failure_rate"]
    assert found.high - found.low > 0.02  # with 50 audited, an error rate of 1 in 50 is still possible


def test_the_same_counts_give_the_same_interval() -> None:
    judged, audited = one_each(EXACT.sum(axis=1), EXACT)
    assert corrected(judged, audited) == corrected(judged[::-1], audited[::-1])


def test_rates_are_defined_as_in_the_metrics() -> None:
    counts = np.array([60, 30, 10, 7])
    outcomes = [outcome for outcome, count in zip(OUTCOMES, counts, strict=True) for _ in range(count)]
    known = rates(outcomes, [None] * len(outcomes))
    many = np.diag(counts * 10_000)
    for name in RATES:
        assert corrected(*one_each(counts * 10_000, many))[name].value == pytest.approx(known[name], abs=1e-3)
