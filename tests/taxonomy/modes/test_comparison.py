"""The comparison of what methods ask for."""

import pandas as pd
import pytest

from blindspot.taxonomy.modes.comparison import compare, figures

COUNT, COLOUR, LEFT = "counting", "telling the colour", "judging left-of"


def rows(method: str, *asked: tuple[list[str], str], question: str = "how many stars are there ?") -> pd.DataFrame:
    """Valid questions with these skills and outcomes."""
    return pd.DataFrame(
        [{"method": method, "question": question, "skills": skills, "outcome": outcome} for skills, outcome in asked]
    )


def three() -> pd.DataFrame:
    trained = rows(
        "trained",
        ([COUNT, LEFT], "failure"),
        ([LEFT, COUNT], "correct"),
        ([LEFT], "failure"),
        ([LEFT], "failure"),
        ([COLOUR], "failure"),  # the fifth: no other method has so many
    )
    base = rows("base", *[([COUNT], "correct")] * 3, ([LEFT], "failure"), question="count the small red stars")
    templates = rows("templates", ([COUNT], "failure"), ([COLOUR, COUNT], "correct"), *[([COUNT], "correct")] * 2)
    return pd.concat([trained, base, templates], ignore_index=True)


def test_methods_are_compared_at_equal_numbers_of_questions() -> None:
    found = compare(three())["methods"]
    assert {method: one["questions"] for method, one in found.items()} == dict.fromkeys(
        ("trained", "base", "templates"), 4
    )
    assert {method: one["skills"] for method, one in found.items()} == {"trained": 2, "base": 2, "templates": 2}


def test_a_combination_is_a_set_and_is_new_if_the_base_never_asked_it() -> None:
    found = compare(three())["methods"]
    assert {method: one["skill_combinations"] for method, one in found.items()} == {
        "trained": 2,
        "base": 2,
        "templates": 2,
    }
    assert {method: one["new_combinations"] for method, one in found.items()} == {
        "trained": 1,
        "base": 0,
        "templates": 1,
    }


def test_skills_are_shared_by_all_methods_or_exclusive_to_one() -> None:
    assert compare(three())["skills"] == {
        "shared": [COUNT],
        "exclusive": {"trained": [], "base": [], "templates": [COLOUR]},
    }


def test_combinations_with_most_failures_come_first() -> None:
    found = compare(three())["combinations"]
    assert found["trained"] == [
        {"skills": [LEFT], "asked": 2, "failures": 2},
        {"skills": [COUNT, LEFT], "asked": 2, "failures": 1},
    ]
    assert found["templates"] == [{"skills": [COUNT], "asked": 3, "failures": 1}]
    many = rows("trained", *(([f"skill {number}"], "failure") for number in range(12)))
    assert len(compare(many)["combinations"]["trained"]) == 10


def test_complexity_is_measured_in_the_questions() -> None:
    found = compare(three())["methods"]
    assert found["trained"]["words_per_question"] == pytest.approx(6)
    assert found["base"]["words_per_question"] == pytest.approx(5)
    assert found["trained"]["primitives_per_question"] == pytest.approx(2)  # counting, recognising stars
    assert found["base"]["primitives_per_question"] > 2  # small and red too


def test_without_a_base_new_combinations_are_not_counted() -> None:
    alone = compare(three().query("method != 'base'"))
    assert {one["new_combinations"] for one in alone["methods"].values()} == {None}
    assert "trained/new_combinations" not in figures(alone)


def test_a_question_without_a_skill_is_no_combination() -> None:
    found = compare(rows("trained", ([], "failure"), ([COUNT], "correct")))
    assert found["methods"]["trained"]["skill_combinations"] == 1
    assert found["combinations"]["trained"] == []


def test_without_questions_there_is_no_method() -> None:
    nothing = compare(three().iloc[:0])
    assert nothing == {"methods": {}, "skills": {"shared": [], "exclusive": {}}, "combinations": {}}
    assert figures(nothing) == {}


def test_measures_have_flat_names_for_logging() -> None:
    found = figures(compare(three()))
    assert found["trained/skills"] == 2.0 and len(found) == 3 * 6
