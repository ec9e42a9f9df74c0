import pytest

from blindspot.skills.traits import traits

REACHED = ("answer 2 or more", "answer 3 or more")


@pytest.mark.parametrize(
    ("question", "reference", "found"),
    [
        (
            "is the small red star left of the red star ?",
            "yes",
            ["left-of", "only judging left-of", "5 details", "answer yes"],
        ),
        ("what size is the star ?", "small", ["size", "only telling the size", "1 detail", "answer small"]),
        ("what size is the thing left of the star ?", "small", ["left-of", "size", "1 detail", "answer small"]),
        ("what shape is the leftmost thing ?", "star", ["leftmost", "shape", "0 details", "answer star"]),
        ("how many squares are there ?", "3", ["only counting", "1 detail", "answer 3", *REACHED]),
        ("how many squares are there ?", "zero", ["only counting", "1 detail", "answer 0"]),
        (
            "What is the man holding?",
            "a red umbrella",
            ["what something is", "only telling what something is", "1 detail", "answer a red umbrella"],
        ),
        ("What is the man doing?", "he is opening a red umbrella", ["1 detail"]),
        ("zebra?", None, ["only understanding", "1 detail"]),
        ("", "", ["0 details"]),
    ],
)
def test_what_sets_a_question_apart(question: str, reference: str | None, found: list[str]) -> None:
    assert traits(question, reference) == found


def test_the_things_are_no_trait_of_their_own_where_they_are_a_skill() -> None:
    assert "red" not in traits("how many red stars are there ?", "1")


@pytest.mark.parametrize("text", ["9" * 5_000, "x" * 10_000, "هل هناك كلب؟", "٣", "²", "a\0b\n'c"])
def test_any_text_has_traits_and_few_of_them(text: str) -> None:
    assert len(traits(text, text)) < 20
