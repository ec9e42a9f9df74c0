"""The number of questions on which a discovered mode is confirmed."""

import pytest
from scipy.stats import binom

from blindspot.records.failure_mode import FailureMode
from blindspot.taxonomy.modes.quota import FEWEST, MOST, PRIOR, quota_of


def mode(failures: int, asked: int) -> FailureMode:
    return FailureMode("m", "Questions", ("counting",), asked, failures, failures / asked, 0.0, 1.0, 9.0, 0.01, ())


@pytest.mark.parametrize(("failures", "asked"), [(30, 30), (300, 400)])
def test_a_mode_that_fails_often_needs_the_fewest(failures: int, asked: int) -> None:
    assert quota_of(mode(failures, asked), 5, 0.25) == FEWEST


def test_a_mode_near_the_threshold_needs_the_most() -> None:
    assert quota_of(mode(30, 100), 5, 0.25) == MOST


@pytest.mark.parametrize("modes", [1, 4, 20])
def test_the_power_at_the_shrunk_rate_is_90_percent(modes: int) -> None:
    found, level = quota_of(mode(30, 50), modes, 0.25), 0.05 / modes
    rate = (30 + PRIOR * 0.25) / (50 + PRIOR)

    def power(number: int) -> float:
        critical = next(count for count in range(number + 2) if binom.sf(count - 1, number, 0.25) <= level)
        return float(binom.sf(critical - 1, number, rate))

    assert FEWEST < found < MOST and power(found) >= 0.9 > power(found - 1)


def test_more_modes_need_more_questions_each() -> None:
    numbers = [quota_of(mode(30, 50), modes, 0.25) for modes in (1, 3, 10, 30)]
    assert numbers == sorted(numbers) and numbers[0] < numbers[-1]


def test_fewer_discovered_questions_are_trusted_less() -> None:
    assert quota_of(mode(9, 20), 5, 0.25) > quota_of(mode(45, 100), 5, 0.25)
