"""Tests how the answers of a log are graded, and how the log and the references disagree."""

import math
from typing import Any

import pandas as pd
import pytest

from blindspot.analysis.grading import PAIRS, Pair, disagreement, grade
from tests.analysis.made_logs import log


def graded(**row: Any) -> tuple[Any, ...]:
    [found] = grade(log(row))[["outcome", "reason", "by_reference", "disputed"]].itertuples(index=False)
    return tuple(found)


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ({}, ("correct", None, True, False)),
        ({"answer": "dog"}, ("failure", None, False, False)),
        ({"wrong": 0.0}, ("correct", None, True, False)),
        ({"wrong": 1.0}, ("failure", None, True, True)),
        ({"wrong": 0.0, "answer": "dog"}, ("correct", None, False, True)),
        ({"wrong": 1.0, "answer": "dog"}, ("failure", None, False, False)),
        ({"wrong": 1.0, "answer": None}, ("failure", None, None, False)),
        ({"wrong": 0.0, "references": []}, ("correct", None, None, False)),
        ({"answer": None}, ("unscored", "no answer", None, False)),
        ({"answer": math.nan}, ("unscored", "no answer", None, False)),
        ({"answer": "  "}, ("unscored", "no answer", None, False)),
        ({"answer": None, "unscored": "timeout"}, ("unscored", "timeout", None, False)),
        ({"unscored": "timeout"}, ("unscored", "timeout", True, False)),
        ({"references": []}, ("unscored", "no reference", None, False)),
        ({"question": " "}, ("unscored", "no question", True, False)),
        ({"question": None}, ("unscored", "no question", True, False)),
        ({"answer": "I can't see the image."}, ("unscored", "no image", None, False)),
        ({"references": ["yes"]}, ("unscored", "unclear answer", None, False)),
        ({"options": {"A": "a cat", "B": "a dog"}, "references": ["A"]}, ("correct", None, True, False)),
        ({"options": {"A": "x", "B": "y"}, "references": ["A"]}, ("unscored", "no option in the answer", None, False)),
    ],
)
def test_the_verdict_of_the_log_decides_then_the_references(row: dict[str, Any], expected: tuple[Any, ...]) -> None:
    assert graded(**row) == expected


def test_rows_columns_and_index_are_kept() -> None:
    frame = log({}, {"answer": "dog", "wrong": 1.0}, {"answer": None})
    result = grade(frame)
    pd.testing.assert_frame_equal(result[frame.columns], frame)
    assert [*result["outcome"]] == ["correct", "failure", "unscored"]
    assert result["disputed"].dtype == bool


def test_a_frame_without_rows() -> None:
    result = grade(log({}).head(0))
    assert result.empty and {"outcome", "reason", "by_reference", "disputed"} <= {*result}
    found = disagreement(result)
    assert (found.rows, found.share, found.frequent_pairs) == (0, 0.0, ())


def test_disagreement_counts_each_direction() -> None:
    found = disagreement(
        grade(
            log(
                *[{"wrong": 1.0, "answer": "A cat."}] * 3,
                {"wrong": 0.0, "answer": "dog"},
                *[{"wrong": 0.0}] * 4,
                {"wrong": 1.0, "answer": None},
                {"answer": "dog"},
            )
        )
    )
    assert (found.rows, found.only_log_wrong, found.only_log_right, found.share) == (8, 3, 1, 0.5)


def test_frequent_pairs_show_similar_answers_and_no_certain_errors() -> None:
    certain = [
        {"references": ["yes"], "answer": "No", "wrong": 1.0},
        {"references": ["2"], "answer": "three", "wrong": 1.0},
        {"references": ["left"], "answer": "to the right", "wrong": 1.0},
        {"options": {"A": "a cat", "B": "a dog"}, "references": ["A"], "answer": "B", "wrong": 1.0},
    ]
    person = {"references": ["person"], "wrong": 1.0}
    rows = [{**person, "answer": "man"}, {**person, "answer": "A man."}, {**person, "answer": "man"}]
    found = disagreement(grade(log(*certain * 9, *rows, {"wrong": 1.0, "answer": "Cats"}, {"answer": "dog"})))
    assert found.frequent_pairs == (Pair("person", "man", 3), Pair("cat", "cats", 1), Pair("cat", "dog", 1))


def test_frequent_pairs_are_limited() -> None:
    found = disagreement(grade(log(*({"answer": f"thing{number}x", "wrong": 1.0} for number in range(PAIRS + 5)))))
    assert len(found.frequent_pairs) == PAIRS
