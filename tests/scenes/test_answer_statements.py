"""Tests that a statement answers only a question that it restates or contradicts."""

import random

import pytest

from blindspot.scenes.answers import understand
from blindspot.scenes.parse import parse
from blindspot.scenes.question import ANSWERS, FAMILIES, Description, Question
from blindspot.scenes.scene import ATTRIBUTES, random_scene
from blindspot.scenes.templates import draw_freely
from tests.scenes.tables import each

#: {(question, meaning): texts}; "-": does not answer the question.
ASKED = {
    ("is there a red star ?", "yes"): """
        Yes | There is a red star. | There is a small red star in the image. | There are three red stars.
        There are three. | There is. | I can see a red star. | I see a red star. | The image contains a red star.
        Yes, there is a red star. | There is one red star. | The image shows a small red star.
    """,
    ("is there a red star ?", "no"): """
        No | There is no red star. | There are no stars. | There are no red stars in the image. | I don't see any.
        There are none. | There are zero red stars. | No, but there is a blue star. | No, there is a blue star.
        There are not any red stars. | No, there are only blue stars.
    """,
    ("is there a red star ?", "-"): """
        There is a blue star. | There is a star. | There is a red circle. | there is | There is no small red star.
        There is a red star to the left of the circle. | It is. | There are 2 circles and 3 squares.
        There are more stars. | No, there is a red star. | Yes, there is no red star. | No, but there is a red star.
        They are the same colour.
    """,
    ("is the red star left of the blue circle ?", "yes"): """
        It is. | The red star is to the left of the blue circle. | The star is left of the circle.
        It is to the left of the blue circle. | The blue circle is to the right of the red star.
        Yes, it is left of it. | Yes, to the left
    """,
    ("is the red star left of the blue circle ?", "no"): """
        The red star is to the right of the blue circle. | The red star is right of the blue circle.
        It is to the right of the blue circle. | It is not. | The red star is not to the left of the blue circle.
        The blue circle is left of the red star. | No, the red star is to the right of the blue circle.
        The star is not left of it
    """,
    ("is the red star left of the blue circle ?", "-"): """
        The red star is above the blue circle. | The red star is not to the right of the blue circle.
        There is a red star. | There is a red star to the left of the blue circle.
        The green star is left of the blue circle. | Yes, the red star is to the right of the blue circle.
        No, the red star is to the left of the blue circle. | It is to the right. | There is no red star.
    """,
    ("are there more circles than stars ?", "yes"): """
        There are more circles than stars. | Yes, there are. | There are fewer stars than circles.
        There are more circles than stars in the image.
    """,
    ("are there more circles than stars ?", "no"): """
        There are fewer circles than stars. | There are as many circles as stars.
        There are more stars than circles. | There are not more circles than stars. | No, there are 2 of each.
        There is 1 circle and there are 2 stars, so no.
    """,
    ("are there more circles than stars ?", "-"): """
        There is 1 circle and there are 2 stars. | There are 2 circles and 1 star. | There are 3 circles.
        There are circles. | There are not fewer circles than stars. | There are more circles than squares.
        There is a circle. | There are three. | Yes, there are more stars than circles.
    """,
    ("are the star and the circle the same colour ?", "yes"): """
        They are the same colour. | They are both the same color. | The star and the circle are the same colour.
        They are. | They have the same colour. | Yes, both are red.
    """,
    ("are the star and the circle the same colour ?", "no"): """
        They are different colours. | They have different colors. | They are not the same colour.
        They differ in colour. | They are different. | They do not have the same colour.
        No, the star is red and the circle is blue. | The star and the circle have different colours.
        The star and the circle are not the same colour. | They are not.
    """,
    ("are the star and the circle the same colour ?", "-"): """
        They are the same size. | They are the same shape but differ in colour. | They have different shapes.
        There is a star. | They are not different colours. | Yes, they are different colours.
        The star is red and the circle is blue.
    """,
    ("how many stars are there ?", "3"): """
        3 | There are 3 stars. | I see 3 of them | 3 stars: 2 red and 1 blue | There are three stars in the picture.
    """,
    ("how many stars are there ?", "0"): """
        There are no stars.
    """,
    ("how many stars are there ?", "-"): """
        There are 3 red stars. | 3 circles | There is a red star. | There are no red stars. | Small stars: 3
        There is 1 small star and 1 large star.
    """,
    ("how many small red stars are there ?", "3"): """
        There are 3 small red stars. | 3 | There are three.
    """,
    ("how many small red stars are there ?", "0"): """
        There are no stars. | There are no small red stars.
    """,
    ("how many small red stars are there ?", "-"): """
        3 stars | 3 red stars | 3 blue stars | 3 large red stars | 3 circles
        There are 2 small red stars and 1 large red star.
    """,
    ("what colour is the star ?", "red"): """
        The star is red. | red | The small star is red. | It is a red circle.
    """,
    ("what colour is the star ?", "-"): """
        The circle is red. | The square is red and the star is left of it.
    """,
    ("what colour is the star left of the circle ?", "red"): """
        The star left of the circle is red. | The star is red.
    """,
    ("what colour is the star left of the circle ?", "-"): """
        The circle is red. | The circle is red and the star is blue.
    """,
    ("what shape is the red thing ?", "star"): """
        The red thing is a star. | a star | It is a small star
    """,
    ("what shape is the red thing ?", "-"): """
        The blue thing is a star. | The blue thing is a circle, the red thing is a star
    """,
}


@pytest.mark.parametrize(("asked", "meaning", "text"), each(ASKED))
def test_a_statement_is_read_with_its_question(asked: str, meaning: str, text: str) -> None:
    question = parse(asked)
    assert question is not None
    assert understand(text, question.answer_kind, question) == (None if meaning == "-" else meaning)


def test_a_plain_answer_does_not_depend_on_the_attributes_in_the_question() -> None:
    """A questioner may name the very attribute that it asks for: "what colour is the red star?"."""
    description = Description("large", "orange", "triangle")
    forms = ("{}", "{} .", "it is {}", "the answer is {}")
    for attribute in ATTRIBUTES:
        question = Question(attribute, description, attribute=attribute)
        for value in ANSWERS[attribute]:
            assert {understand(form.format(value), attribute, question) for form in forms} == {value}


def test_a_single_word_has_the_same_meaning_with_and_without_the_question() -> None:
    rng = random.Random(0)
    drawn = (draw_freely(random_scene(rng), rng.choice(FAMILIES), rng, rng.choice((0.0, 1.0))) for _ in range(200))
    questions = [question for question in drawn if question]
    assert len(questions) > 100
    for question in questions:
        for value in {value for values in ANSWERS.values() for value in values}:
            kind = question.answer_kind
            assert understand(value, kind, question) == understand(value, kind)
