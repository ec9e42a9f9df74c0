"""Tests when an answer to an open question agrees with a reference."""

import pytest

from blindspot.grading.matching import compare, matches
from blindspot.grading.open_answer import is_closed

TRUE = [
    ("cat", "cat"), ("Cat", "cat"), ("CAT.", "cat"), ("a cat", "cat"), ("the cats", "cat"), ("cat", "cats"),
    ("  cat \n", "cat"), ("“cat”", "cat"), ("It is a cat.", "cat"), ("It's a cat.", "a cat"), ("This is a cat", "cat"),
    ("It appears to be a bus.", "bus"), ("I think it is a bus.", "bus"), ("Based on the image, it is a bus.", "bus"),
    ("The bag is red.", "red"), ("The color of the bag is red.", "red"), ("The car is blue with red doors.", "blue"),
    ("The man is holding a phone in his hand.", "phone"), ("He is wearing a red hat.", "red hat"),
    ("The man is surfing.", "surfing"), ("The sign says STOP.", "stop"), ('It says "Hello World"', "hello world"),
    ("The animal in the image is a dog.", "dog"), ("There is a dog in the image.", "dog"), ("T-shirt", "tshirt"),
    ("Cat. The animal on the sofa is a cat.", "cat"), ("cat\n\nThe picture shows a cat lying on a sofa.", "cat"),
    ("grey", "gray"), ("colour", "color"), ("ice-cream", "ice cream"), ("TV", "television"), ("café", "cafe"),
    ("7:30", "7:30"), ("It's 7:30.", "7:30"), ("on a table", "table"), ("table", "on the table"),
    ("Ｃａｔ！", "cat"), ("猫。", "猫"), ("قطة؟", "قطة"), ("кошка.", "Кошка"), ("बिल्ली।", "बिल्ली"), ("回答：猫", "猫"),
    ("Answer: cat", "cat"), ("The answer is **cat**.", "cat"), ('{"answer": "cat"}', "cat"), ("`cat`", "cat"),
    ("Yes", "yes"), ("Yes, there is a cat.", "yes"), ("Yes — the cat is there.", "yes"), ("yeah", "yes"),
    ("**Yes**, because it's bright", "yes"), ("Answer: Yes, the man is wearing a hat.", "yes"), ("true", "yes"),
    ("There is a cat.", "yes"), ("No.", "no"), ("No, there is no cat.", "no"), ("There is no cat.", "no"),
    ("The cat is not black.", "no"), ("neither", "no"), ("no cats", "no"), ("I think yes.", "yes"), ("No. No!", "no"),
    ("是的。", "是"), ("نعم، هناك قطة", "نعم"), ("Sí.", "sí"), ("いいえ。", "いいえ"), ("Нет, это собака", "нет"),
    ("two", "2"), ("2", "two"), ("There are two dogs.", "2"), ("2 dogs", "2"), ("twenty-one", "21"), ("none", "0"),
    ("zero", "0"), ("There are no dogs.", "0"), ("no one", "0"), ("1,000", "1000"), ("3.0", "3"), ("3,5", "3.5"),
    ("The one on the left has 3 stripes", "3"), ("٣", "3"), ("\\boxed{4}", "4"), ("\\boxed{\\text{four}}", "4"),
    ("to the right", "right"), ("right", "on the right"), ("On the left side of the image", "left"),
    ("right-hand side", "right"), ("upper left corner", "top left"), ("in the center", "middle"), ("top part", "top"),
]  # fmt: skip
FALSE = [
    ("dog", "cat"), ("wooden table", "table"), ("red and white", "red"), ("red", "red and white"), ("cat, dog", "cat"),
    ("either a cat or a dog", "cat"), ("cat or dog", "cat"), ("The bag is not red.", "red"), ("not a cat", "cat"),
    ("under the table", "table"), ("on the table", "in the table"), ("I don't know", "cat"), ("?", "cat"),
    ("glasses", "glass"), ("Yes.", "no"), ("yes and no", "yes"), ("yes and no", "no"), ("Yes/No", "yes"),
    ("no, yes", "no"), ("No, wait, yes.", "no"), ("Yes, but no.", "yes"), ("There is a cat.", "no"), ("不是", "是"),
    ("2 or 3", "2"), ("2-3", "2"), ("many", "3"), ("-5", "5"), ("12", "1"), ("1.5", "15"), ("3", "0"),
    ("top left", "left"), ("left or right", "left"), ("left", "right"), ("12", "1 2"),
    ("It is red, or maybe blue.", "red"), ("The man is a player and a coach", "referee"),
]  # fmt: skip
UNKNOWN = [
    ("", "cat", "no answer"), ("  \n", "cat", "no answer"), ("<think>hm", "cat", "no answer"), ("...", "yes", None),
    ("<think>a cat</think>", "cat", "no answer"), ("cat", "", "no reference"), ("I cannot tell.", "no", None),
    ("Outdoors", "no", None), ("yes", "是", None), ("是", "yes", None), ("maybe", "yes", None),
    ("I see 2 cats and 3 dogs.", "3", None), ("The man is standing next to a car.", "car", None),
    ("The car is blue with a red stripe.", "red", None), ("The car is red and white.", "red", None),
    ("No image provided", "no", "no image"), ("I don't see an image attached.", "cat", "no image"),
    ("I'm unable to view the image.", "no", "no image"), ("Please upload the image first.", "cat", "no image"),
    ("I'm sorry, but I can't help with that.", "no", "refused"), ("I cannot identify people.", "man", "refused"),
]  # fmt: skip


@pytest.mark.parametrize(("answer", "reference"), TRUE)
def test_agrees(answer: str, reference: str) -> None:
    assert matches(answer, [reference], {}) is True


@pytest.mark.parametrize(("answer", "reference"), FALSE)
def test_does_not_agree(answer: str, reference: str) -> None:
    assert matches(answer, [reference], {}) is False


@pytest.mark.parametrize(("answer", "reference", "reason"), UNKNOWN)
def test_is_unknown(answer: str, reference: str, reason: str | None) -> None:
    assert compare(answer, [reference], {}) == (None, reason or "unclear answer")


@pytest.mark.parametrize(
    ("references", "expected"),
    [
        (["dog", "cat"], True),
        (["\\boxed{cat}"], True),
        (["cat", "kitty", "feline"], True),
        (["dog"] * 8 + ["cat"] * 2, True),
        (["dog"] * 8 + ["cat", "Cats"], True),
        (["dog"] * 9 + ["cat"], False),
        (["yes", "yes", "cat"], None),
        ([], None),
        ([" "], None),
    ],
)
def test_several_references(references: list[str], expected: bool | None) -> None:
    assert matches("a cat", references, {}) is expected


@pytest.mark.parametrize(("form", "closed"), [("yes", True), ("2", True), ("left", True), ("cat", False), ("", False)])
def test_closed_answers(form: str, closed: bool) -> None:
    assert is_closed(form) is closed
