"""Options and references of multiple choice."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from blindspot.logs.choices import counts_from, options_of, references_of, split_question
from tests.logs.files import notes, row, table

OPTIONS = {"A": "cat", "B": "dog", "C": "a hen"}


@pytest.mark.parametrize(
    "text",
    [
        "What is it?\nA. cat\nB. dog\nC. a hen",
        "What is it?\n(A) cat\n(B) dog\n(C) a hen\n",
        "What is it?\r\nA) cat\r\nB) dog\r\nC) a hen",
        "What is it?\n\n A: cat \n\n B: dog\n C: a hen\n\n",
        "Question: What is it?\nOptions:\nA. cat\nB. dog\nC. a hen\nPlease select the correct option.",
        "<image>\nWhat is it?\nChoices:\n[A] cat\n[B] dog\n[C] a hen\nAnswer with the option's letter directly.\n",
        "What is it?\nA. cat\nB. dog\nC. a hen\nAnswer:",
    ],
)
def test_options_within_the_question(text: str) -> None:
    question, options, _ = split_question(text)
    assert question == "What is it?" and options == OPTIONS


@pytest.mark.parametrize(
    "text",
    [
        "What is it?",
        "Who wrote A. cat and B. dog?",
        "A. cat\nB. dog",
        "What is it?\nA. cat",
        "What is it?\nB. cat\nC. dog",
        "Which line is right?\nA line.\nB line.",
        "Two lines\nof one question?",
        "Give the number of stars.\nCount only the red ones.",
        "",
    ],
)
def test_questions_without_options_stay_as_they_are(text: str) -> None:
    assert split_question(text) == (text, {}, "")


def test_text_between_and_after_the_options() -> None:
    text = "Look.\nWhat is it?\nA. cat\nB. dog\nIt is dark."
    assert split_question(text) == ("Look.\nWhat is it?\nIt is dark.", {"A": "cat", "B": "dog"}, "")


@given(st.text(), st.lists(st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1), min_size=2, max_size=5))
def test_any_text_can_be_split(text: str, parts: list[str]) -> None:
    question, options, instruction = split_question(text)
    assert all(part in text for part in options.values())
    lines = (f"{letter}. {part}" for letter, part in zip("ABCDE", parts, strict=False))
    assert [*split_question("\n".join(["What?", *lines]))[1].values()] == parts
    assert len(question) + len(instruction) <= len(text)


def test_an_instruction_is_removed_from_different_questions() -> None:
    rows = [{"question": f"Is {one} red?\nAnswer yes or no.", "answer": "yes"} for one in ("it", "that")]
    frame = table(rows)
    assert frame["question"].tolist() == ["Is it red?", "Is that red?"]
    assert "“Answer yes or no.” was removed from 2 questions" in notes(frame)


def test_what_stands_after_always_the_same_text_is_the_question() -> None:
    rows = [{"question": "You see a picture.\nGive a single word for it.", "answer": one} for one in ("cat", "dog")]
    assert set(table(rows)["question"]) == {"You see a picture.\nGive a single word for it."}


@pytest.mark.parametrize(
    "value",
    [
        ["cat", "dog", "a hen"],
        ("cat", "dog", "a hen"),
        ["A. cat", "B. dog", "C. a hen"],
        ["(A) cat", "(B) dog", "(C) a hen"],
        '["cat", "dog", "a hen"]',
        "['cat', 'dog', 'a hen']",
        {"A": "cat", "B": "dog", "C": "a hen"},
        '{"a": "cat", "b": "dog", "c": "a hen"}',
        {"label": ["A", "B", "C"], "text": ["cat", "dog", "a hen"]},
        "A. cat\nB. dog\nC. a hen",
        [{"text": "cat"}, {"text": "dog"}, {"text": "a hen"}],
    ],
)
def test_columns_of_options(value: Any) -> None:
    assert options_of(value) == OPTIONS
    found = row(table([{"question": "What?", "options": value, "prediction": "B", "answer": "C"}]))
    assert found["options"] == OPTIONS and found["references"] == ["a hen", "C"]


@pytest.mark.parametrize("value", [None, "", "cat", [], ["cat"], 3, "[1", {}])
def test_what_holds_no_options(value: Any) -> None:
    assert options_of(value) == {}


@pytest.mark.parametrize("form", ["{}", "option_{}", "choice_{}", "Option {}", "option{}"])
def test_options_in_columns_of_their_own(form: str) -> None:
    letters = {form.format(letter): text for letter, text in {**OPTIONS, "D": None}.items()}
    found = row(table([{"question": "What?", **letters, "prediction": "B", "answer": "dog"}]))
    assert found["options"] == OPTIONS and found["references"] == ["dog", "B"]


def test_a_row_without_options_is_open() -> None:
    rows = [{"question": "q", "A": "x", "B": "y", "answer": "A", "prediction": "B"}]
    rows.append({"question": "r", "A": "", "B": "", "answer": "A", "prediction": "B"})
    frame = table(rows)
    assert frame["options"].tolist() == [{"A": "x", "B": "y"}, {}]
    assert frame["references"].tolist() == [["x", "A"], ["A"]]


@pytest.mark.parametrize("value", ["B", "b", "(B)", "B.", "[B]", "B)", "dog", "DOG", " dog ", "B. dog", "(B) dog"])
def test_a_reference_is_letter_or_text(value: str) -> None:
    assert references_of(value, OPTIONS) == ["dog", "B"]


def test_references_that_are_no_option_stay() -> None:
    assert references_of("horse", OPTIONS) == ["horse"] and references_of("D", OPTIONS) == ["D"]
    assert references_of("B. cat", OPTIONS) == ["B. cat"] and references_of(None, OPTIONS) == []
    assert references_of(["A", "dog"], OPTIONS) == ["cat", "A", "dog", "B"]
    assert references_of("A", {}) == ["A"]


@pytest.mark.parametrize(
    ("references", "base"),
    [
        ([0, 2, 1], 0),
        ([1, 2, 3], 1),
        ([1, 2], 0),
        (["0", "2"], 0),
        ([0, 3], None),
        ([0, 4], None),
        (["A", 1], None),
        ([None, 0.0], 0),
        ([], None),
        ([None], None),
    ],
)
def test_positions_of_options(references: list[Any], base: int | None) -> None:
    assert counts_from(references, [OPTIONS] * len(references)) == base


def test_numbers_that_are_texts_of_options_are_no_positions() -> None:
    options = [{"A": "1", "B": "2", "C": "3"}] * 2
    assert counts_from([1, 2], options) is None
    assert references_of(2, options[0]) == ["2", "B"]


def test_positions_in_a_table() -> None:
    rows = [{"question": "q", "choices": ["x", "y"], "answer": number, "prediction": "x"} for number in (0, 1)]
    frame = table(rows)
    assert frame["references"].tolist() == [["x", "A"], ["y", "B"]] and "counted from 0" in notes(frame)
