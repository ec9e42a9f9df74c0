"""Texts of a log as pages show them."""

import pytest

from blindspot.analysis.shown import answer_shown, reference_shown, shortened

OPTIONS = {"A": "cat", "B": "dog"}


def test_a_long_text_keeps_its_start_and_its_end() -> None:
    text = f"Look at the picture. {'It is old. ' * 50}How many dogs are there?"
    short = shortened(text, 30, 40)
    assert short.startswith("Look at the picture.") and short.endswith("How many dogs are there?")
    assert " … " in short and len(short) < 80
    assert shortened("How many?", 30, 40) == "How many?"
    assert len(shortened("图" * 1000, 30, 40)) == 73


@pytest.mark.parametrize(
    ("reply", "options", "shown"),
    [
        ("B", OPTIONS, "B. dog"),
        ("<think>Is it a cat? No.</think>\nThe answer is (B).", OPTIONS, "B. dog"),
        ("dog", OPTIONS, "B. dog"),
        ("a horse", OPTIONS, "a horse"),
        ("A or B", OPTIONS, "A or B"),
        ("The answer is 3.", {}, "3"),
        ("<think>never ends", {}, "<think>never ends"),
    ],
)
def test_the_final_answer_is_shown(reply: str, options: dict[str, str], shown: str) -> None:
    assert answer_shown(reply, options) == shown


def test_a_long_answer_is_shortened() -> None:
    assert len(answer_shown("word " * 100_000, {})) < 300
    assert reference_shown("dog", "B") == "B. dog" and reference_shown("dog", None) == "dog"
