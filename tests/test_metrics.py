"""Rates, compared with values calculated by hand."""

import pytest

from blindspot.metrics import interval, percent, rates
from blindspot.records.verdict import Outcome


def test_rates_by_hand() -> None:
    counts: dict[Outcome, int] = {"failure": 3, "correct": 1, "invalid": 4, "unscored": 2}
    outcomes = [outcome for outcome, count in counts.items() for _ in range(count)]
    families = ["counting", "counting", "same", "same", "colour", "colour", "colour", None, None, None]
    assert rates(outcomes, families) == {
        "asked": 10,
        "failures": 3,
        "correct": 1,
        "invalid": 4,
        "unscored": 2,
        "failure_rate": 3 / 8,
        "valid_rate": 4 / 8,
        "error_rate": 3 / 4,
        "unscored_rate": 2 / 10,
        "largest_family_share": 2 / 3,  # of the failures only: most questions are about colour
    }


def test_unscored_questions_change_no_other_rate() -> None:
    unscored: list[Outcome] = ["unscored"]
    few, many = (rates(["failure", "correct", *unscored * count], [None] * (count + 2)) for count in (0, 50))
    for name in ("failure_rate", "valid_rate", "error_rate"):
        assert few[name] == many[name]


@pytest.mark.parametrize(
    ("outcomes", "absent"),
    [
        ([], {"failure_rate", "valid_rate", "error_rate", "unscored_rate"}),
        (["unscored"], {"failure_rate", "valid_rate", "error_rate"}),
        (["invalid"], {"error_rate"}),
    ],
)
def test_a_rate_without_a_denominator_is_none(outcomes: list[Outcome], absent: set[str]) -> None:
    found = rates(outcomes, [None] * len(outcomes))
    assert {name for name, value in found.items() if value is None} == absent | {"largest_family_share"}


def test_without_families_there_is_no_largest_share() -> None:
    assert rates(["failure", "failure"], [None, None])["largest_family_share"] is None


def test_an_interval_contains_a_share_of_zero_or_one() -> None:
    for number in range(1, 400):
        for spread in (1.0, 1.3, 2.7):
            assert interval(number, number, spread)[1] == 1.0
            assert interval(0, number, spread)[0] == 0.0


def test_the_interval_of_no_questions_is_zero_to_one() -> None:
    assert interval(0, 0) == (0.0, 1.0)


def test_percentages_have_one_decimal_below_ten() -> None:
    shown = [percent(share).replace("\u00a0", " ") for share in (0, 0.014, 0.0996, 0.5, 1)]
    assert shown == ["0 %", "1.4 %", "10 %", "50 %", "100 %"]
