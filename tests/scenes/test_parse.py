"""Tests which texts are parsed, and that texts with another meaning are not."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from blindspot.scenes.parse import COLOUR_WORDS, EXTREMUM_WORDS, MAX_LENGTH, SHAPE_WORDS, SIZE_WORDS, parse
from blindspot.scenes.question import Description, Question, phrasings
from blindspot.scenes.scene import Scene
from tests.scenes.brute_force import every_sentence
from tests.scenes.strategies import CASES, FEW

#: None of these is a question of the ten families, or it differs from the most similar one.
UNREAD = """
    Is the star directly above the circle?
    Is the star far left of the circle?
    Is the star left of or above the circle?
    Is the star left of the circle above the square?
    Is the star not left of the circle?
    Is the star between the circle and the square?
    Is the star left?
    Is the star left of?
    Is the star left of the image?
    Is the leftmost star above the circle?
    Are there any 🔴 stars?
    Is there a ≠ star?
    Is there a red/blue star?
    Is there a star (red)?
    Is there a star. left of the circle
    Is there a star left of the circle?
    Is there a red star or a blue circle?
    Is there a red star and a blue circle?
    Is there a red blue star?
    Is there a star star?
    Is there a little small star?
    Is there a square star?
    Is there another star?
    Is there a leftmost star?
    Is there a pink star?
    Is there a hexagon?
    Is there only a star?
    Is there exactly one star?
    Is there more than one star?
    Is there one?
    Isn't there a star?
    Are there no stars?
    Are there only stars?
    Are there other stars?
    Are there three stars?
    Are there more than 3 stars?
    How many?
    How many stars and circles are there?
    How many stars are not in the image
    How many stars are not red?
    How many stars are red or blue?
    How many non-red stars are there?
    How many stars are there left of the circle?
    How many stars are there? red
    How many colours are there?
    How many leftmost stars are there?
    Is the star red?
    Are all stars red?
    Is every star red?
    What colour is it?
    What colour is one?
    What colour are the stars?
    What colour is the image?
    What is the size of the image?
    What colour is the star? The circle?
    What colour is the red or blue star?
    What colour is the star not left of the circle?
    What colour is the star next to the circle?
    What colour is the star above the circle below the square?
    What colour is the second leftmost star?
    What colour is the leftmost of the stars?
    What colour is the leftmost thing left of the star?
    What is the leftmost thing?
    What is left of the red star?
    What shape is the star's colour?
    How big is big?
    Is the star as big as the circle?
    Are there more stars than one?
    Are there more stars? than circles
    Are there more stars than circles and squares?
    Are there many more stars than circles?
    Are there no more stars than circles?
    Are there one more star than circles?
    Are there twice as many stars as circles?
    Are there at least as many stars as circles?
    Are there not as many stars as circles?
    Are the star and the circle the same?
    Are the star and the circle different colours?
    Are the star and the circle not the same colour?
    Is the star not the same colour as the circle?
    Are the star, the circle and the square the same colour?
    Is the colour of the star the same as the size of the circle?
    N
    E
    is there N
    is there E
    how many N are there
    what #colour is the star
    what colour is #shape
    What COLOUR is the STAR of N?
"""
#: Parts to repeat: what may cause backtracking, control characters, right-to-left scripts.
HOSTILE = ["the ", "red ", "red star ", "star that is ", "left of ", "how many ", "anything red ", "in the image "]
HOSTILE += ["please ", "can you tell me ", "star shaped ", "'s ", "a-", "-", "?", "_", " ", "N", "\x00", "😀", "م"]
HOSTILE += ["\u200f", "\u202e"]


@given(CASES)
@FEW
def test_every_phrasing_is_parsed_as_its_question(drawn: tuple[Scene, Question]) -> None:
    question = drawn[1]
    texts = phrasings(question)
    assert texts
    for text in texts:
        assert parse(text) == question
        assert parse(text.capitalize().replace(" ?", "?")) == question


def test_a_sample_of_all_sentences_of_the_grammar_is_parsed() -> None:
    sample = [*every_sentence()][::97]
    assert len(sample) > 100 and all(parse(sentence) for sentence in sample)


@pytest.mark.parametrize("text", [line.strip() for line in UNREAD.strip().splitlines()])
def test_a_text_with_another_meaning_is_not_parsed(text: str) -> None:
    assert parse(text) is None


@pytest.mark.parametrize("word", SIZE_WORDS | COLOUR_WORDS | SHAPE_WORDS)
def test_every_attribute_word_describes_a_thing(word: str) -> None:
    description = Description(SIZE_WORDS.get(word), COLOUR_WORDS.get(word), SHAPE_WORDS.get(word))
    assert parse(f"How many {word} objects are there?") == Question("counting", description)


@pytest.mark.parametrize("word", EXTREMUM_WORDS)
def test_every_extremum_word_is_parsed(word: str) -> None:
    said = Question("extremum", Description(shape="star"), attribute="size", word=EXTREMUM_WORDS[word])
    assert parse(f"What size is the {word.replace(' ', '-')} star?") == said


@given(st.text() | st.lists(st.sampled_from(" ".join(every_sentence()).split()[:3000])).map(" ".join))
@FEW
def test_any_text_has_no_meaning_or_that_of_its_phrasings(text: str) -> None:
    question = parse(text)
    assert question is None or {parse(phrasing) for phrasing in phrasings(question)} == {question}


@pytest.mark.parametrize("part", HOSTILE)
def test_hostile_text_of_any_length_is_rejected_quickly(part: str) -> None:
    start = time.process_time()
    for text in (part * 30_000, (part * MAX_LENGTH)[: MAX_LENGTH - 1] + "#", "how many " + part * 30_000 + "stars ?"):
        assert parse(text) is None
    assert time.process_time() - start < 1.0  # in practice milliseconds; catastrophic backtracking would take minutes


def test_long_texts_are_not_parsed() -> None:
    assert parse("is there a star" + " " * MAX_LENGTH) is None
