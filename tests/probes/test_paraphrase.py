"""Tests the paraphrases of questions."""

import random

import pytest

from blindspot.probes.injections import INJECTIONS
from blindspot.probes.paraphrase import paraphrases
from blindspot.scenes.parse import parse
from blindspot.scenes.question import FAMILIES, phrasings
from blindspot.scenes.scene import random_scene
from blindspot.scenes.templates import draw_question
from lab.tiny_vlm import vocabulary


def every_phrasing() -> list[str]:
    """Returns the phrasings of forty questions of each family about random scenes."""
    rng = random.Random(0)
    drawn = [draw_question(random_scene(rng), family, rng, 0.5) for family in FAMILIES for _ in range(40)]
    return [text for question in drawn if question for text in phrasings(question)]


ASKED = sorted(set(every_phrasing()))


def test_paraphrases_of_scene_questions_keep_the_meaning_and_use_known_words() -> None:
    assert len(ASKED) > 400
    for text in ASKED:
        found = paraphrases(text)
        assert found or "image" in text
        for other in found:
            assert parse(other) == parse(text) is not None, other
            assert set(other.split()) <= set(vocabulary()), other
            assert other != text


def test_most_families_have_a_paraphrase_of_their_own() -> None:
    own = [text for text in ASKED if paraphrases(text) and "in the image" not in paraphrases(text)[0]]
    assert {parse(text).family for text in own} >= {"existence", "counting", "colour", "extremum", "two_hop"}  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("question", "first"),
    [
        ("How many dogs are there on the sofa?", "How many dogs do you see on the sofa?"),
        ("how many people can you see?", "how many people are there?"),
        ("Is there an open door?", "Do you see an open door?"),
        ("What color is the man's hat?", "What is the color of the man's hat?"),
        ("What is the size of the left window?", "What size is the left window?"),
        ("What is he holding?", "What is he holding in the image?"),
    ],
)
def test_questions_about_photographs_are_paraphrased(question: str, first: str) -> None:
    assert paraphrases(question)[0] == first


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "?",
        "dogs",
        "Dogs?",
        "Is it red? Is it blue?",
        "Stop. Is it red?",
        "What shape is best in the picture?",
    ],
)
def test_other_texts_have_no_paraphrase(text: str) -> None:
    assert paraphrases(text) == []


def test_injections_are_not_paraphrased() -> None:
    assert [text for text in INJECTIONS if paraphrases(text)] == []
