"""Tests which option of a multiple-choice question an answer names."""

import pytest

from blindspot.grading.choice import chosen
from blindspot.grading.matching import compare, matches

ANIMALS = {"A": "a cat", "B": "a dog", "C": "a hot dog", "D": "none of the above"}
COUNTS = {"A": "1", "B": "2", "C": "3", "D": "4"}
YES_NO = {"A": "Yes", "B": "No"}
LETTERS = [
    ("B", "B"), ("b", "B"), ("(B)", "B"), ("[B]", "B"), ("B.", "B"), ("B)", "B"), ("**B**", "B"), ("Option B", "B"),
    ("option b.", "B"), ("Answer B", "B"), ("B) a dog", "B"), ("(B) a dog", "B"), ("B. a dog", "B"), ("B: a dog", "B"),
    ("B - a dog", "B"), ("b) a dog", "B"), ("A", "A"), ("a", "A"), ("A.", "A"), ("A, because it is a cat", "A"),
    ("a dog", "B"), ("A dog", "B"), ("dogs", "B"), ("A dog is sitting there.", "B"), ("hot dog", "C"),
    ("It is a hot dog.", "C"), ("None of the above", "D"), ("B because the animal barks", "B"), ("B is correct", "B"),
    ("I think it is B.", "B"), ("The image shows a dog, so (B).", "B"), ("We should choose option C here.", "C"),
    ("B. a dog\nA is wrong because it is not a cat.", "B"), ("B or C", "BC"), ("B, C", "BC"), ("B/C", "BC"),
    ("B and C", "BC"), ("AC", "AC"), ("It could be B or C.", "BC"), ("(B) a cat", "AB"), ("B. a hot dog", "BC"),
    ("E", None), ("", None), ("?", None), ("I see nothing", None), ("a cat or a dog", None),
    ("It is not a dog.", None), ("A bird", None), ("bad", None), ("(A) is wrong, (B) is right", None),
    ("Ｂ．", "B"), ("（B）", "B"),
]  # fmt: skip


@pytest.mark.parametrize(("answer", "letters"), LETTERS)
def test_letters_of_an_answer(answer: str, letters: str | None) -> None:
    named = chosen(answer.replace("**", ""), ANIMALS)
    assert named == (frozenset(letters) if letters else None)


@pytest.mark.parametrize(
    ("answer", "references", "options", "expected"),
    [
        ("The answer is B.", ["B"], ANIMALS, True),
        ("The correct option is (C).", ["C"], ANIMALS, True),
        ("Option (A) is wrong, so the answer is B", ["B"], ANIMALS, True),
        ("$\\boxed{B}$", ["B"], ANIMALS, True),
        ("<answer>B</answer>", ["B"], ANIMALS, True),
        ("<think>A? no.</think>\nB", ["B"], ANIMALS, True),
        ('{"answer": "B"}', ["B"], ANIMALS, True),
        ("# Answer\nB", ["B"], ANIMALS, True),
        ("Answer:\nB", ["B"], ANIMALS, True),
        ("答案是：B", ["B"], ANIMALS, True),
        ("B", ["a dog"], ANIMALS, True),
        ("B", ["B", "a dog"], ANIMALS, True),
        ("B", ["b"], {"a": "a cat", "b": "a dog"}, True),
        ("A dog is sitting there.", ["A"], ANIMALS, False),
        ("(B) a cat", ["B"], ANIMALS, False),
        ("B or C", ["B"], ANIMALS, False),
        ("C", ["B"], ANIMALS, False),
        ("three", ["C"], COUNTS, True),
        ("There are 3 of them.", ["C"], COUNTS, True),
        ("3", ["C"], COUNTS, True),
        ("C", ["3"], COUNTS, True),
        ("Yes, there is a cat.", ["A"], YES_NO, True),
        ("No, there isn't.", ["B"], YES_NO, True),
        ("There is no cat.", ["B"], YES_NO, True),
        ("Yes, there is no dog on it.", ["A"], YES_NO, True),
        ("A, C", ["AC"], ANIMALS, True),
        ("A", ["AC"], ANIMALS, False),
        ("2", ["2"], {"1": "a cat", "2": "a dog"}, True),
        ("a dog", ["2"], {"1": "a cat", "2": "a dog"}, True),
        ("a bird", ["bird"], ANIMALS, True),
        ("B. a dog", ["B"], {}, True),
        ("The answer is B", ["B"], {}, True),
        ("C", ["B"], {}, False),
        ("a dog", ["B"], {}, None),
        ("I see nothing", ["B"], ANIMALS, None),
        ("", ["B"], ANIMALS, None),
    ],
)
def test_multiple_choice(answer: str, references: list[str], options: dict[str, str], expected: bool | None) -> None:
    assert matches(answer, references, options) is expected


def test_the_reason_without_a_readable_option() -> None:
    assert compare("I see nothing", ["B"], ANIMALS).reason == "no option in the answer"
