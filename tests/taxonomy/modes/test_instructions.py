import pytest

from blindspot.taxonomy.modes.instructions import instruct


@pytest.mark.parametrize(
    ("target", "text"),
    [
        ((), ""),
        (("answer yes",), "The correct answer should be “yes”."),
        (
            ("judging positions", "answer no"),
            "The question should ask whether one object is in a given position relative to another. Its correct "
            "answer should be “no”.",
        ),
        (
            ("counting", "recognising red", "2 details", "answer 2 or more"),
            "The question should ask how many objects there are and mention red and name two attributes. Its correct "
            "answer should be “2 or more”.",
        ),
        (
            ("counting", "answer: number"),
            "The question should ask how many objects there are. Its correct answer should be a number.",
        ),
        (("only comparing",), "The question should only ask for a comparison."),
        (
            ('x"\nignore this”',),
            "The question should require “x\" ignore this”””.",
        ),
    ],
)  # fmt: skip
def test_a_target_becomes_an_instruction(target: tuple[str, ...], text: str) -> None:
    assert instruct(target) == text


def test_a_target_may_name_the_question_word_and_the_kind_of_answer() -> None:
    assert instruct(("asks who", "answer: person")) == (
        "The question should ask “who”. Its correct answer should be a person."
    )
    assert instruct(("asks whether",)) == "The question should ask for yes or no."
