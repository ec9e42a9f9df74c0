"""Tests that a yes or no is not understood if its explanation contradicts it."""

import pytest

from blindspot.scenes.answers import understand
from blindspot.scenes.parse import parse
from tests.scenes.tables import each

#: {(question, meaning): texts}; "-": not understood.
EXPLAINED = {
    ("is the square left of the red circle ?", "-"): """
        Yes, it's to the right. | Yes, the square is in the right column. | No, it's on the left. | No, left.
        Yes, it is right of it. | No, the square is on the left. | Yes, on the right side. | Yes, above.
        Yes. Below it.
        Yes, the circle is on the left. | Yes: the circle is left of the square. | Yes, the square is on the right.
        It is on the right. So yes. | It's to the left, so no. | No, it is to the left of the circle. | Yes, opposite.
        Yes, it's to the right. No. | Yes, the square is yellow. | Yes, 0. | Yes, to the left. It's to the right.
        True, it is on the right. | No, not on the right. | No, the circle is to the right. | Yes, the other way round.
    """,
    ("is the square left of the red circle ?", "yes"): """
        Yes, it's on the left. | Yes, the square is on the left. | Yes, left. | Yes, it is to the left of the circle.
        Yes, the red circle is right of the square. | Yes. The square is left of the red circle. | Yes, it is.
        It is to the left of the red circle, so yes. | Yes, that's correct.
    """,
    ("is the square left of the red circle ?", "no"): """
        No, it's on the right. | No, it is to the right of the circle. | No, right. | No, it is above the circle.
        No, it's not on the left. | False, it is on the right.
    """,
    ("is the square above the yellow circle ?", "-"): """
        No, above. | Yes, below. | No, it is above. | Yes, it's underneath. | No, at the top.
        Yes, it is at the bottom.
    """,
    (
        "is the square above the yellow circle ?",
        "yes",
    ): "Yes, above. | Yes, it is above it. | Yes, the square is above.",
    ("are there more circles than squares ?", "-"): """
        Yes, 1 circle and 2 squares. | No, 2 circles and 1 square. | Yes, there are fewer. | Yes, they are equal.
        No, there are more. | Yes, there are 3. | Yes, more squares. | No, more circles. | Yes, 2 of each.
        Yes, the same.
        Yes, 0 circles and 1 square. | Yes, 2 and 1. | 1 circle and 2 squares, so yes.
        No, 2 red circles and 3 squares.
        Yes, there are as many. | Yes, fewer circles. | Yes, 2 circles and 1 star. | No, three circles, one square.
    """,
    ("are there more circles than squares ?", "yes"): """
        Yes, 2 circles and 1 square. | Yes, there are more. | Yes, more circles.
        Yes, there are two circles and one square.
        There are 2 circles and 1 square, so yes. | Yes, there is only 1 square and there are 2 circles.
        Yes, there are more circles than squares. | Yes, there are.
    """,
    ("are there more circles than squares ?", "no"): """
        No, 1 circle and 2 squares. | No, there are fewer. | No, they are equal. | No, 2 of each. | No, more squares.
        No, no circles and 1 square. | No, there are as many circles as squares.
    """,
    ("are there as many circles as squares ?", "-"): "No, 2 of each. | Yes, 2 circles and 1 square. | No, the same.",
    (
        "are there as many circles as squares ?",
        "yes",
    ): "Yes, 2 of each. | Yes, the same number. | Yes, they are equal.",
    ("are the square and the red star the same colour ?", "-"): """
        Yes, the square is blue and the star is red | No, both are blue. | Yes, both are large. | No, the same.
        No, they are the same colour. | Yes, one is red and the other blue. | No, both are the same.
        Yes: blue and red.
        No, the square is blue and the star is blue. | The square is blue and the star is red, so yes.
        No, they match.
        Yes, they are the same size. | No, it's large.
    """,
    ("are the square and the small star the same colour ?", "yes"): """
        Yes, both are blue. | Yes, the square is blue and the star is blue. | Yes, they are the same colour.
    """,
    ("are the square and the small star the same colour ?", "no"): """
        No, the square is blue and the star is red. | No, they are different. | No, one is red and the other is blue.
        The square is blue and the star is red, so no.
    """,
    ("is there a blue star ?", "-"): """
        Yes, 0. | No, 1. | No, the star is blue. | No, there is one. | No, I see a blue star. | Yes, the star is red.
        Yes, a red star. | Yes, there are zero. | No, it's blue. | No, there are some. | No, it is visible.
        Yes, absent.
        No, two. | Yes, the star on the left is red. | Yes, a blue circle. | There is 1, so no. | 0, so yes.
        The star is blue. No. | No, the circle is red and the star is blue.
    """,
    ("is there a blue star ?", "yes"): """
        Yes, there is a blue star. | Yes, one. | Yes, the star is blue. | Yes, there are 2 blue stars. | Yes, several.
        Yes, there is a blue star to the left of the red circle. | Yes, a large blue star. | Yes, at the bottom.
    """,
    ("is there a blue star ?", "no"): """
        No, 0. | No, none. | No, the star is red. | No, there is a red star. | No, only red stars. | No, none at all.
        No, there is no blue star. | No, it's red.
    """,
}


@pytest.mark.parametrize(("asked", "meaning", "text"), each(EXPLAINED))
def test_a_yes_or_no_counts_if_its_reason_agrees(asked: str, meaning: str, text: str) -> None:
    question = parse(asked)
    assert question is not None
    assert understand(text, "yes_no", question) == (None if meaning == "-" else meaning)
