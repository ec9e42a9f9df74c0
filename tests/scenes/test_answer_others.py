"""Tests that answers about another thing, and answers with a further question, are not understood."""

import time

import pytest

from blindspot.scenes.answers import MAX_LENGTH, understand
from blindspot.scenes.parse import parse
from tests.scenes.tables import each

#: {(question, meaning): texts}; "-": not understood.
VALUES_FOR_YES_NO = {
    ("is there a large star ?", "-"): "They are small. | 0 | small | A star | The star is small. | large | It's red",
    ("are there any purple things ?", "-"): "Zero | purple | 3 | Circles | They are red.",
    ("is there a blue star ?", "-"): "The answer is that there is one. | A star | blue | A blue star | 1 | star.",
    ("is there a blue star ?", "yes"): "There is one. | Yes, one.",
    ("are the square and the blue star the same colour ?", "-"): "Blue | They are blue. | red | Both | A star",
    ("are the square and the blue star the same colour ?", "yes"): """
        Both are blue. | They are both blue. | Yes, both are blue.
    """,
    ("are there more circles than squares ?", "-"): "Circles | 2 | More circles | circle | squares | They are red.",
    ("are there as many circles as squares ?", "-"): "2 | Two | Circles | 2 circles | red",
    ("is the square left of the blue star ?", "-"): "left | Square | The blue star | 1 | on the left",
}
ANOTHER_THING = {
    ("what colour is the leftmost star ?", "-"): """
        The rightmost star is blue. | The star on the right is blue | The leftmost circle is yellow
        The leftmost thing is red. | The leftmost large star is blue. | The large star is blue.
        The right star is blue.
        On the right there is a blue star. | There is a blue star on the right. | The blue star on the right
        The color of the rightmost star is blue. | Blue is the color of the rightmost star. | Right: blue
        It is the blue star on the right. | The star in the bottom corner is blue. | The star below is blue.
        The star next to the square is red. | On the right, blue. | The topmost star is red.
        The leftmost star is red and the rightmost star is blue. | The star that is rightmost is blue.
        I think the rightmost star is blue. | The colour of the circle is red.
    """,
    ("what colour is the leftmost star ?", "red"): """
        The leftmost star is red. | red | It is red. | The star is red. | A small red star
        I think the leftmost star is red.
        The leftmost star in the image is red. | The colour of the leftmost star is red. | The leftmost star: red
        Red is the colour of the leftmost star. | Red, not blue. | The star is red, not blue.
        The leftmost star's colour is red.
    """,
    ("what shape is the topmost blue thing ?", "-"): """
        The bottommost blue thing is a star. | The topmost thing is a star. | The topmost red thing is a star.
        The blue thing at the bottom is a star. | The lowest blue object is a star.
        The leftmost blue thing is a star.
        The shape of the lowest blue thing is a star. | Below it is a star.
    """,
    ("what shape is the topmost blue thing ?", "square"): """
        The topmost blue thing is a square. | The topmost blue object is a square.
        The highest blue thing is a square.
        A square. | It is a square. | The blue thing is a square.
    """,
    ("what colour is the circle below the square ?", "-"): """
        The circle above the square is red. | The circle to the right of the square is red. | The square is blue.
        The circle below the star is red. | The circle below is red. | The circle at the top is red.
        The circle in the top row is red. | The thing below the square is blue. | The large circle is red.
        Above the square is a red circle. | The square above the circle is blue. | The circle over the square is red.
    """,
    ("what colour is the circle below the square ?", "yellow"): """
        The circle below the square is yellow. | The circle under the square is yellow. | yellow | It is yellow.
        The circle is yellow. | The circle that is below the square is yellow.
        The circle below the blue square is yellow. | The small circle below the square is yellow.
    """,
    ("what colour is the square ?", "-"): """
        The colour of the circle is red. | Red is the colour of the circle. | The leftmost thing is red.
        The thing with the circle is red. | On the left is a red circle. | The small thing is red.
    """,
    ("what colour is the square ?", "blue"): """
        The square in the middle is blue. | The colour of the square is blue. | Blue, not red.
        The square below the star is blue.
    """,
    ("what colour is the square ?", "other"): "It is a star. | small | The square is small.",
}
FURTHER_QUESTION = {
    ("how many stars are there ?", "-"): """
        2 Question: how many squares are there? Answer: 1 | 2. How many squares are there? 1
        2 Q: how many squares? A: 1
        2. Question: how many squares? Final answer: 1 | How many circles are there? 3 | Question: how many squares? 1
        How many red stars are there? 1 | 2 Question 2: how many squares Answer: 1 | 2. How many squares. Answer: 1
        2. Count the squares. Answer: 1 | 2. What about the squares. 1 | How many circles are there? \\boxed{3}
        2 Question: how many squares? \\boxed{1} | Is there a star? 2 | 2. Now the squares. Answer: 1
    """,
    ("how many stars are there ?", "2"): """
        How many stars are there? 2 | Question: How many stars are there? Answer: 2 | How many? Two.
        How many stars do you see? There are 2. | How many stars are there? \\boxed{2}
        There are 9 shapes. 2 of them are stars. Answer: 2 | Answer: 2. Answer: 2
    """,
    ("is there a red star ?", "-"): """
        Yes. Question: Is there a green star? Answer: No | Is there a green star? No. | Yes. Is there a green star? No.
        Yes Question: Is there a green star? No | Is there a green star. No. | Yes. Is there a green star. Answer: no
        Are there any circles? Yes. | How many stars are there? No.
    """,
    ("is there a red star ?", "yes"): """
        Is there a red star? Yes. | Question: is there a red star? Answer: yes
        Are there any red stars? Yes, there is.
    """,
    ("what colour is the square ?", "-"): """
        blue Question: What colour is the star? Answer: red | What colour is the star? Red. | What shape? Blue.
        blue. What colour is the star? red | What is the color of the circle? It is red. | blue. Answer: red
    """,
    ("what colour is the square ?", "blue"): """
        What color is the square? Blue. | What is the square's color? It is blue. | What colour? Blue.
        **What colour is the square?** Blue | The circle looks red. Final answer: blue
    """,
}
OTHER_COUNTS = {
    ("how many red squares are there ?", "-"): """
        The square is blue. | They are blue. | There are 2 squares. | 2 red things | There are six objects. | No.
        It's blue. | The answer is that they are blue. | There is a square. | 2 red and 1 blue, so 3.
        There are 2 squares in total. | Squares: 2 | 1 (a blue square) | There is a single thing. | 2 red ones
        1 small square and 1 large square, so 2.
    """,
    ("how many red squares are there ?", "2"): "2 | There are 2. | There are 2 red squares. | Red squares: 2",
    ("how many red squares are there ?", "0"): "There are no red squares. | There are no squares. | None | 0",
    ("how many red squares are there ?", "other"): "red | yes | large | Squares.",
    ("how many stars are there ?", "-"): """
        There are six objects. | 6 things | 6 shapes in total | There are six objects, so 6. | There is an object.
        The number of objects is 6. | 3 red | 3 circles and 3 squares, so 6.
    """,
    ("how many stars are there ?", "3"): """
        There are three stars in the picture. | There are 3. | 3 | 2 red and 1 blue, so 3. | 3: 2 small and 1 large
        3 stars: 2 red and 1 blue | There are 9 shapes; 3 of them are stars. Answer: 3
    """,
    (
        "how many red things are there ?",
        "2",
    ): "2 red objects | There are 2 red shapes.",
    ("how many red things are there ?", "-"): "2 objects | 2 red stars | There are 2 stars.",
}
TABLES = (VALUES_FOR_YES_NO, ANOTHER_THING, FURTHER_QUESTION, OTHER_COUNTS)


@pytest.mark.parametrize(("asked", "meaning", "text"), [row for table in TABLES for row in each(table)])
def test_only_answers_to_the_question_are_understood(asked: str, meaning: str, text: str) -> None:
    question = parse(asked)
    assert question is not None
    assert understand(text, question.answer_kind, question) == (None if meaning == "-" else meaning)


@pytest.mark.parametrize(
    ("asked", "text"),
    [
        ("how many stars are there ?", "2\n\nQuestion: how many squares are there?\nAnswer: 1"),
        ("is there a red star ?", "Yes\n\nQuestion: Is there a green star?\nAnswer: No"),
        ("what colour is the square ?", "blue\nQuestion: What colour is the star?\nAnswer: red"),
        ("what colour is the square ?", "blue\nUser: the star\nAnswer: red"),
    ],
)
def test_a_further_question_on_a_new_line_is_not_understood(asked: str, text: str) -> None:
    question = parse(asked)
    assert question is not None
    assert understand(text, question.answer_kind, question) is None


@pytest.mark.parametrize(
    "part",
    [
        *("is left ", "the leftmost star is ", "that is left ", "yes, 1 circle ", "1 circle and ", "located ", "? "),
        *(
            "question: ",
            "red of ",
            "no, it is above ",
            "2 of each ",
            "yes both ",
            "left of the red ",
            "so so ",
            "a,",
            "(",
        ),
    ],
)
@pytest.mark.parametrize(
    "asked",
    [
        *("is there a red star ?", "is the star left of the circle ?", "are there more circles than stars ?"),
        *("are the star and the circle the same colour ?", "how many stars are there ?"),
        *("what colour is the leftmost star ?", "what colour is the star left of the square ?"),
    ],
)
def test_hostile_text_is_read_quickly_with_any_question(asked: str, part: str) -> None:
    question = parse(asked)
    assert question is not None
    start = time.process_time()
    for lead in ("", "yes, ", "no, ", "answer: "):
        understand((lead + part * MAX_LENGTH)[:MAX_LENGTH], question.answer_kind, question)
    assert time.process_time() - start < 1.0  # in practice milliseconds
