"""The paired tests of a comparison, by hand and over many draws."""

import numpy as np
import pandas as pd
import pytest
from scipy.stats import binomtest

from blindspot.diff.compare import OVERALL, choices, compare
from blindspot.diff.pairs import pair
from blindspot.diff.side import Side
from tests.diff.sides import mode, side

LEVEL = 0.01


def changes(old: Side, new: Side, level: float = LEVEL) -> dict[str, str]:
    """Returns the change of each row, by its name."""
    return {row.name: row.change for row in compare(old, new, pair(old, new).rows, level)}


def outcomes(both: int, only_old: int, only_new: int, neither: int) -> tuple[list[int], list[int]]:
    """Returns which questions OLD and NEW answer wrong."""
    old = [1] * both + [1] * only_old + [0] * only_new + [0] * neither
    new = [1] * both + [0] * only_old + [1] * only_new + [0] * neither
    return old, new


def test_the_p_value_is_that_of_the_exact_mcnemar_test() -> None:
    old, new = (side(failed) for failed in outcomes(10, 4, 15, 40))
    [row] = compare(old, new, pair(old, new).rows, LEVEL)
    assert row.p_worse == pytest.approx(binomtest(15, 19, alternative="greater").pvalue)
    assert row.p_better == pytest.approx(binomtest(4, 19, alternative="greater").pvalue)
    assert (row.common, row.old_failures, row.new_failures, row.only_old, row.only_new) == (69, 14, 25, 4, 15)


def test_the_interval_of_the_difference_is_that_of_agresti_and_min() -> None:
    old, new = (side(failed) for failed in outcomes(10, 4, 15, 40))
    [row] = compare(old, new, pair(old, new).rows, LEVEL)
    assert row.difference == pytest.approx((11 / 69, 0.0369, 0.2730), abs=1e-4)


@pytest.mark.parametrize(
    ("old_status", "new_status", "only_old", "only_new", "change"),
    [
        ("confirmed", "confirmed", 2, 30, "worse"),
        ("not_confirmed", "confirmed", 2, 30, "new"),
        (None, "confirmed", 2, 30, "new"),
        ("not_confirmed", "not_confirmed", 2, 30, "worse"),
        ("confirmed", "confirmed", 30, 2, "better"),
        ("confirmed", "not_confirmed", 30, 2, "gone"),
        ("confirmed", None, 30, 2, "gone"),
        (None, "confirmed", 30, 2, "better"),
        ("confirmed", None, 16, 14, "unchanged"),
        (None, "confirmed", 14, 16, "unchanged"),
    ],
)
def test_a_change_follows_from_the_same_questions_and_both_statuses(
    old_status: str | None, new_status: str | None, only_old: int, only_new: int, change: str
) -> None:
    old, new = outcomes(20, only_old, only_new, 60)
    modes = [[mode("counting", status=status)] if status else [] for status in (old_status, new_status)]  # type: ignore[arg-type]
    found = changes(side(old, modes=modes[0]), side(new, modes=modes[1]))
    assert found["counting"] == change


def test_questions_about_one_image_count_as_few() -> None:
    old, new = outcomes(0, 0, 12, 40)
    image = ["one"] * 12 + [f"other {place}" for place in range(40)]
    apart = changes(side(old), side(new))
    together = changes(side(old, image_id=image), side(new, image_id=image))
    assert (apart[OVERALL], together[OVERALL]) == ("worse", "unchanged")


def test_too_few_common_questions_are_not_compared() -> None:
    few = changes(side([0] * 6, modes=[mode("counting")]), side([1] * 6, modes=[mode("counting")]))
    assert few == {OVERALL: "not_compared", "counting": "not_compared"}
    assert changes(side([0] * 9), side([1] * 9))[OVERALL] == "worse"


def test_without_common_questions_the_rates_stand_side_by_side() -> None:
    old = side([1, 0], modes=[mode("counting", failures=10)])
    new = side([1, 0], key=["other", "another"], modes=[mode("counting")])
    [whole, row] = compare(old, new, pair(old, new).rows, LEVEL)
    assert (whole.change, row.change, row.common, row.difference) == ("not_compared", "not_compared", 0, None)
    assert row.old and row.new and (row.old.value, row.new.value) == (0.25, 0.5)


def test_a_mode_that_new_discovered_in_the_questions_counts_as_one_of_many_kinds() -> None:
    """`counting` fails nine times more often; it is one of five kinds that NEW could have discovered."""
    features = pd.Series([frozenset({"counting", f"f{place % 2}"}) for place in range(60)], dtype=object)
    old, new = outcomes(0, 0, 9, 51)
    discovered = [place < 40 for place in range(60)]
    sides = (
        side(old, features=()),
        side(new, features=(), modes=[mode("counting", "f0")], held_out=~np.array(discovered)),
    )
    pairs = pair(*sides).rows.assign(old_features=features, new_features=features)
    assert choices(pairs, "new") == 5  # three features; each half with counting: all 40 questions, two times 20
    assert choices(pairs, "old") == 1
    row = compare(*sides, pairs, LEVEL)[1]
    alone = compare(*sides, pairs.assign(new_discovered=False), LEVEL)[1]
    assert row.p_worse == pytest.approx(min(1.0, 5 * alone.p_worse))
    assert row.p_better == alone.p_better


def test_equal_candidates_give_no_alarm() -> None:
    """Of 300 comparisons at 5 %, correct code has more than 28 alarms with probability 0.0006."""
    dice, alarms = np.random.default_rng(7), 0
    for _ in range(300):
        features = pd.Series([frozenset({f"f{one}"}) for one in dice.integers(4, size=400)], dtype=object)
        modes = [mode(f"f{number}") for number in range(4)]
        old, new = (side((dice.random(400) < 0.3).astype(int).tolist(), modes=modes, features=()) for _ in range(2))
        pairs = pair(old, new).rows.assign(old_features=features, new_features=features)
        alarms += any(row.change in ("new", "worse") for row in compare(old, new, pairs, 0.05))
    assert alarms <= 28


def test_a_mode_that_fails_ten_points_more_often_is_caught() -> None:
    """Of 20 comparisons of 300 questions, of which 10 % become failures and 2 % vanish, correct code catches all."""
    dice, caught = np.random.default_rng(8), 0
    for _ in range(20):
        old = dice.random(300) < 0.35
        new = np.where(old, dice.random(300) < 0.95, dice.random(300) < 0.18)
        first, second = (side(failed.astype(int).tolist(), modes=[mode("counting")]) for failed in (old, new))
        caught += changes(first, second)["counting"] == "worse"
    assert caught >= 18
