"""The second test of failure modes, on questions that they were not discovered in."""

from collections.abc import Sequence
from dataclasses import replace
from math import isnan
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from blindspot.records.failure_mode import FailureMode, read_failure_modes
from blindspot.store import write_json
from blindspot.taxonomy.modes.confirm import confirm, contained_in, for_confirmation
from blindspot.taxonomy.modes.search import find_modes
from blindspot.taxonomy.modes.significance import holm


def mode(*features: str, examples: tuple[str, ...] = ("old-1", "old-2")) -> FailureMode:
    return FailureMode("--".join(features), "Questions", features, 40, 30, 0.75, 0.6, 0.9, 9.0, 0.01, examples)


def questions(*kinds: tuple[str, int, int], images: Sequence[str] = ()) -> pd.DataFrame:
    """Questions of each kind (feature, asked, failures), each about an image of its own unless images are given."""
    rows = [(feature, number < failures) for feature, asked, failures in kinds for number in range(asked)]
    return pd.DataFrame(
        {
            "rollout_id": [f"new-{place}" for place in range(len(rows))],
            "image_id": [*images] or [f"im{place}" for place in range(len(rows))],
            "question": [f"question {place}" for place in range(len(rows))],
            "outcome": ["failure" if failed else "correct" for _, failed in rows],
            "abilities": [[feature] for feature, _ in rows],
            "groups": [[] for _ in rows],
            "features": [["common"] for _ in rows],
        }
    )


def test_figures_are_those_of_the_new_questions_and_the_old_counts_are_kept() -> None:
    [found] = confirm([mode("counting")], questions(("counting", 20, 16), ("colour", 30, 1)), 0.25, 3)
    assert (found.status, found.asked, found.failures, found.error_rate) == ("confirmed", 20, 16, 0.8)
    assert (found.discovered_asked, found.discovered_failures) == (40, 30)
    assert found.low < 0.8 < found.high and found.low > 0.25
    assert found.p_value is not None and found.p_value < 1e-5
    assert found.log_likelihood_ratio == 9.0 and found.q_value == 0.01


def test_a_mode_that_no_longer_fails_is_not_confirmed() -> None:
    [found] = confirm([mode("counting")], questions(("counting", 20, 5)), 0.25, 3)
    assert found.status == "not_confirmed" and found.p_value is not None and found.p_value > 0.05


def test_examples_of_the_new_questions_come_first() -> None:
    [found] = confirm([mode("counting")], questions(("counting", 6, 1)), 0.25, 3)
    assert found.examples == ("new-0", "old-1", "old-2")
    [none] = confirm([mode("counting")], questions(("counting", 6, 0)), 0.25, 3)
    assert none.examples == ("old-1", "old-2")
    [short] = confirm([mode("counting")], questions(("counting", 6, 4)), 0.25, 3)
    assert short.examples == ("new-0", "new-1", "new-2")


def test_holm_by_hand() -> None:
    # sorted 0.005, 0.01, 0.03, 0.04 times 4, 3, 2, 1, and never smaller than the one before
    assert holm(np.array([0.01, 0.04, 0.03, 0.005])) == pytest.approx([0.03, 0.06, 0.06, 0.02])
    assert holm(np.array([0.6, 0.9])) == [1.0, 1.0]


def test_p_values_are_corrected_for_the_number_of_modes_and_keep_the_order() -> None:
    rows = questions(("a", 20, 6), ("b", 20, 16), ("c", 20, 10))
    alone = [confirm([mode(name)], rows, 0.25, 3)[0] for name in "abc"]
    together = confirm([mode(name) for name in "abc"], rows, 0.25, 3)
    assert [one.mode_id for one in together] == ["a", "b", "c"]
    single = [one.p_value for one in alone if one.p_value is not None]
    assert [one.p_value for one in together] == pytest.approx([single[0], single[1] * 3, single[2] * 2])


def test_correction_can_undo_a_confirmation() -> None:
    rows = questions(("a", 20, 9), ("b", 20, 5), ("c", 20, 5))
    assert confirm([mode("a")], rows, 0.25, 3)[0].status == "confirmed"
    assert confirm([mode(name) for name in "abc"], rows, 0.25, 3)[0].status == "not_confirmed"


@pytest.mark.parametrize(
    ("asked", "failures", "threshold", "status"),
    [(0, 0, 0.25, "too_few"), (4, 4, 0.25, "too_few"), (5, 5, 0.25, "confirmed"), (5, 5, 0.7, "too_few")],
    ids=["none", "below five", "five", "five could never be significant"],
)
def test_too_few(asked: int, failures: int, threshold: float, status: str) -> None:
    [found] = confirm([mode("counting")], questions(("counting", asked, failures), ("colour", 9, 0)), threshold, 3)
    assert found.status == status
    assert found.p_value == 1.0 or status == "confirmed"


def test_without_a_question_the_error_rate_is_unknown_and_null_in_json(tmp_path: Path) -> None:
    found = confirm([mode("counting")], questions(("colour", 9, 0)), 0.25, 3)
    assert isnan(found[0].error_rate) and (found[0].asked, found[0].low, found[0].high) == (0, 0.0, 1.0)
    assert found[0].to_json()["error_rate"] is None
    write_json(tmp_path / "modes.json", [one.to_json() for one in found])
    assert "NaN" not in (tmp_path / "modes.json").read_text("utf-8")
    [read] = read_failure_modes(tmp_path / "modes.json")
    assert isnan(read.error_rate) and read.status == "too_few" and read.features == ("counting",)


def test_questions_about_one_image_count_less() -> None:
    """Four images with five questions each, which all fail or all succeed, are as informative as four questions."""
    images = [f"im{place // 5}" for place in range(20)]
    [clustered] = confirm([mode("counting")], questions(("counting", 20, 15), images=images), 0.4, 3)
    [apart] = confirm([mode("counting")], questions(("counting", 20, 15)), 0.4, 3)
    assert apart.status == "confirmed" and clustered.status == "not_confirmed"
    assert clustered.error_rate == apart.error_rate and clustered.low < apart.low


def test_a_mode_of_two_features_contains_the_questions_that_have_both() -> None:
    rows = questions(("a", 3, 3), ("b", 2, 0))
    rows["features"] = [["common"], ["common"], [], ["common"], []]
    assert [[*map(bool, inside)] for inside in contained_in([mode("a", "common"), mode("x")], rows)] == [
        [True, True, False, False, False],
        [False] * 5,
    ]


def test_no_modes_and_no_questions() -> None:
    assert confirm([], questions(("a", 3, 3)), 0.25, 3) == []
    [found] = confirm([mode("a")], questions(("a", 3, 3)).iloc[:0], 0.25, 3)
    assert found.status == "too_few" and found.examples == ("old-1", "old-2")
    assert find_modes(questions(("a", 3, 3)).iloc[:0], 0.25, 5, 3) == []


def test_a_mode_is_tested_on_the_questions_that_were_asked_for_it() -> None:
    rows = questions(("a", 20, 18), ("a", 20, 2), ("b", 10, 10))
    rows["mode_id"] = ["a"] * 20 + ["b"] * 20 + [None] * 10
    one, other = confirm([mode("a"), mode("b")], rows, 0.25, 3)
    assert (one.asked, one.failures, one.status) == (20, 18, "confirmed")
    assert (other.asked, other.status) == (0, "too_few")
    assert len(for_confirmation(rows, rows)) == 40
    assert for_confirmation(rows[rows["mode_id"].isna()], rows).empty, "none of those that were asked is valid"
    none = rows.assign(mode_id=None)
    unasked = for_confirmation(none, none)
    assert (
        len(unasked) == 50
        and "mode_id" not in unasked
        and len(for_confirmation(rows.drop(columns="mode_id"), none)) == 50
    )


def test_a_question_that_a_quota_asks_twice_about_an_image_counts_once() -> None:
    rows = questions(("a", 20, 10), images=["im1", "im1", *(f"im{place}" for place in range(2, 20))])
    rows["question"] = ["same"] * 20
    rows["mode_id"] = ["a"] * 10 + ["b"] * 10
    asked = for_confirmation(pd.concat([rows, rows.assign(mode_id="b")]), rows)
    one, other = confirm([mode("a"), replace(mode("a"), mode_id="b")], asked, 0.25, 3)
    assert (one.asked, one.failures) == (9, 9), "im1 twice"
    assert (other.asked, other.failures) == (19, 9), "the same questions in another quota count there"
    unasked = rows.assign(mode_id=None)
    assert len(for_confirmation(unasked, unasked)) == 20, "only a quota has no repeats"
