"""Compares modes with weaknesses, on failures whose membership is written by hand."""

import numpy as np
import pytest

from blindspot.metrics import Mask
from blindspot.taxonomy.modes.coverage import coverage


def masks(*columns: str) -> Mask:
    """Returns a mask with a column for each text: "xx..x" has the first two failures and the last."""
    return np.array([[letter == "x" for letter in column] for column in columns], dtype=bool).T


def test_a_mode_is_of_a_weakness_from_four_fifths_of_its_failures() -> None:
    found = coverage(masks("xxxxx.....", "xxxx..x..."), masks("xxxx......"))
    assert found.of(0) == [0, 1] and found.shares[:, 0].tolist() == [0.8, 0.8]
    found = coverage(masks("xxxx.xx..."), masks("xxxx......"))
    assert found.of(0) == [] and found.others() == [0] and found.covered == [0.0]


def test_modes_of_a_weakness_cover_it_together() -> None:
    found = coverage(masks("xx........", ".xx......."), masks("xxxx......", "....xxxx.."))
    assert found.covered == [0.75, 0.0]
    assert found.of(0) == [0, 1] and found.of(1) == []


def test_a_mode_in_two_weaknesses_is_of_neither_and_lies_outside_of_none() -> None:
    found = coverage(masks("xxxx"), masks("xx..", "..xx"))
    assert found.covered == [0.0, 0.0] and found.others() == []
    assert found.anywhere.tolist() == [1.0]


def test_without_failures_nothing_is_compared() -> None:
    found = coverage(masks("...."), masks("xx..", "...."))
    assert np.isnan(found.shares).all() and found.others() == []
    assert found.covered == [0.0, None]


@pytest.mark.parametrize(("modes", "weaknesses"), [(0, 2), (2, 0), (0, 0)])
def test_modes_or_weaknesses_may_be_missing(modes: int, weaknesses: int) -> None:
    found = coverage(np.ones((3, modes), dtype=bool), np.ones((3, weaknesses), dtype=bool))
    assert found.covered == [0.0 if not modes else 1.0] * weaknesses
    assert found.others() == ([] if weaknesses else [*range(modes)])
