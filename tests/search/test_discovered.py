"""Failure modes in everything that exploring and training asked."""

from dataclasses import replace

from blindspot.records.failure_mode import FailureMode
from blindspot.records.rollout import Asked
from blindspot.records.verdict import Outcome
from blindspot.search.discovered import asked_in, discover, parts_of, questions_of


def asked(image: int, question: str, reference: str | None, outcome: Outcome) -> Asked:
    return Asked(f"im{image}", question, "?", reference, outcome, "unparsed" if reference is None else None)


def left(image: int) -> Asked:
    return asked(image, "is the star left of the circle ?", "yes", "failure")


def colour(image: int, outcome: Outcome = "correct") -> Asked:
    return asked(image, "what colour is the star ?", "red", outcome)


def counting(image: int) -> Asked:
    return asked(image, "how many stars are there ?", "4", "failure")


def explored(*features: str) -> FailureMode:
    return FailureMode("--".join(features), "Questions", features, 9, 9, 1.0, 0.6, 1.0, 9.0, 0.01, ())


def test_each_question_about_an_image_counts_once_and_names_its_stage() -> None:
    found = questions_of([left(1), colour(1)], [left(1), left(2), left(2)])
    assert [*zip(found["stage"], found["image_id"], strict=True)] == [
        ("explore", "im1"),
        ("explore", "im1"),
        ("train", "im2"),
    ]
    assert asked_in(found) == [left(1), colour(1), left(2)]


def test_missing_values_stay_missing() -> None:
    row = asked(1, "star star", None, "invalid")
    assert asked_in(questions_of([row], [])) == [row]


def test_without_questions_there_is_an_empty_frame_with_columns() -> None:
    found = questions_of([], [])
    assert found.empty and found.columns[0] == "stage" and asked_in(found) == []
    assert discover(found, [], 0.25, 6, 20) == []


def test_modes_of_the_training_are_added_to_those_of_the_exploration() -> None:
    trained = [counting(n) for n in range(30)] + [colour(n) for n in range(60)] + [left(n) for n in range(30)]
    known = explored("judging left-of")
    found = discover(questions_of([colour(n) for n in range(100, 140)], trained), [known], 0.25, 6, 20)
    assert found[0] == replace(known, found_in="explore") and [mode.found_in for mode in found[1:]] == ["both"]
    assert found[1].contains({"counting", "counting four or more", "answer 4", "answer 2 or more", "stars"})
    assert (found[1].asked, found[1].failures) == (30, 30)


def test_a_weakness_of_which_each_stage_asked_little_is_found_in_both_together() -> None:
    explored_, trained = [counting(n) for n in range(4)], [counting(n) for n in range(10, 14)]
    others = [colour(n) for n in range(100, 160)]
    found = discover(questions_of([*explored_, *others], [*trained, *others[:0]]), [], 0.25, 6, 20)
    assert [mode.found_in for mode in found] == ["both"] and found[0].asked == 8


def test_late_questions_of_the_training_are_searched_only_outside_of_known_modes() -> None:
    first, late = [colour(n) for n in range(30)], [colour(n) for n in range(30, 60)]
    questions = questions_of([colour(n) for n in range(100, 130)], [*first, *late, *(counting(n) for n in range(30))])
    found = discover(questions, [explored("judging left-of")], 0.25, 6, 20)
    assert [mode.found_in for mode in found] == ["explore", "rest"]
    parts = parts_of(questions, found)
    assert [len(parts[name]) for name in ("explore", "both", "rest")] == [30, 60, 120]


def test_what_a_mode_of_the_exploration_contains_makes_no_further_mode() -> None:
    trained = [left(n) for n in range(50)] + [colour(n) for n in range(80)]
    known = explored("judging left-of")
    found = discover(questions_of([], trained), [known], 0.25, 6, 20)
    assert found == [replace(known, found_in="explore")]
    assert len(discover(questions_of([], trained), [], 0.25, 6, 20)) == 1
