import pytest
from hypothesis import given
from hypothesis import strategies as st

from blindspot.taxonomy.reading.wording import wording


@pytest.mark.parametrize(
    ("question", "reference", "found"),
    [
        ("Who is wearing a hat?", "man", ["asks who", "answer: person"]),
        ("The car is behind what?", "tree", ["asks what", "answer: open"]),
        ("Is there a cat?", "Yes", ["asks whether", "answer: yes or no"]),
        ("How many dogs are there?", "two", ["asks how many", "answer: number"]),
        ("How big is the dog?", "large", ["asks how", "answer: open"]),
        ("Whose bag is red?", "the women", ["asks who", "answer: person"]),
        ("On which side is the lamp?", "left", ["asks which", "answer: position"]),
        ("What colour is it?", "gray", ["asks what", "answer: colour"]),
        ("What is the table made of?", "wood", ["asks what", "answer: open"]),
        ("Name the animal.", "horse", ["answer: open"]),
        ("Name the animal.", None, []),
        ("", "", []),
    ],
)
def test_wording_and_kind_of_answer(question: str, reference: str | None, found: list[str]) -> None:
    assert wording(question, reference) == found


def test_the_letter_of_the_correct_option_is_a_feature() -> None:
    assert wording("Which animal is it?", "horse", "C")[-1] == "answer: option C"


@given(st.text(), st.text() | st.none())
def test_any_text_can_be_read(question: str, reference: str | None) -> None:
    assert len(wording(question, reference)) <= 2
