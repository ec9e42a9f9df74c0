"""Tests the meaning of answers, for each answer kind."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from blindspot.scenes.answers import MAX_LENGTH, understand
from blindspot.scenes.parse import parse
from blindspot.scenes.scene import COLOURS, SHAPES, SIZES
from tests.scenes.strategies import FEW

TRUE_ANSWERS = {
    "yes_no": ("yes", "no"),
    "number": tuple("0123456789"),
    "colour": COLOURS,
    "shape": SHAPES,
    "size": SIZES,
}
KINDS = tuple(TRUE_ANSWERS)
#: {(answer kind, meaning): texts}; "-": not understood.
MEANING = {
    ("number", "3"): """
        3 | three | Three. | There are three. | There are 3 | 3 of them | 3.0 | 03 | ３ | ٣ | I see three red stars.
        No, there are three | No. Three. | 3 (three) | There is a total of 3. | The answer is 3. | **3** | about 3
    """,
    ("number", "0"): """
        0 | zero | none | None. | There are none. | no stars | There are no red stars. | I don't see any.
        I dont see any | There aren't any red stars | there are not any | I cannot see any | Nothing
        There is not a single star.
    """,
    ("number", "1"): "1 | one | There is one. | There's a star. | There is just a red star | only a single star | 1.",
    ("number", "1000"): "1,000 | 1000 | 1000.0",
    ("number", "-3"): "-3 | −3",
    ("number", "3.5"): "3.5",
    ("number", "other"): "red | yes | large | Circles",
    ("number", "-"): """
        3 or 4 | 3-4 | 2, 3 | there are 2 red and 1 blue | There is one red star and two blue ones | more than 3
        at least 3 | I don't know | not sure | no idea | not 3 | There are not three | some | many | a few
        There is a lot | It's a star | The stars are red. | Yes, there are. | No. | They are blue. | 1st | up to 3
        no stars and 3 circles | fewer than three | maybe 3 | 1.2.3
    """,
    ("yes_no", "yes"): """
        yes | Yes. | YES! | Yes, there is. | yep | yeah | Yes, the star is to the right of the circle. | There is.
        It is. | They are. | They do | There is a red star. | There are three. | The answer is yes. | correct
        That is true | Indeed. | They are the same colour. | They have the same size | Yes, to the left
    """,
    ("yes_no", "no"): """
        no | No. | nope | No, there isn't. | There is no star. | There are none | It is not. | They aren't. | It isnt
        not at all | I don't see any | None | No, it is to the right. | That's not correct | not true | incorrect
        false | They are different | They have different colours. | No, there are three | The star is not left of it
        I cannot see any
    """,
    ("yes_no", "-"): """
        yes and no | Yes. No. | yes or no | No, yes | maybe | I don't know | I do not know. | not sure | I'm not sure
        no idea | I have no idea | It is to the right. | right | left | to the right | The star is left of the circle
        There are more circles than stars. | There are fewer | cannot tell | I can't say | It's hard to say
        It is unclear | Unable to determine | There is a star but no circle | Yes, there are no stars
        I can't see the image | There are as many | There are the same number | perhaps | Sorry, I can't help
        unsure | The star is red | red | It's a star | 3 | three | large | -1 | Zero | 0 | Circles
    """,
    (
        "colour",
        "red",
    ): "red | Red. | It is red | The colour is red. | the color's red | The star is red | a red star | No, it is red",
    ("colour", "purple"): "purple | violet | It's violet.",
    ("colour", "other"): "pink | It is black. | white | 3 | three stars | a star | yes | No. | small | grey",
    ("colour", "-"): """
        red or blue | red and blue | red/blue | not red | It isn't red | neither red nor blue | I don't know
        reddish | unknown | not sure | red, maybe | infrared | the colour | red or pink | no idea
    """,
    ("shape", "star"): "star | It's a star | a red star | The shape is a star. | stars | STAR",
    ("shape", "circle"): "circle | disc | It is round | circular",
    ("shape", "other"): "hexagon | a heart | rectangle | red | 3 | yes | large",
    (
        "shape",
        "-",
    ): "star or circle | not a star | a shape | starfish | I don't know | the thing | not a star but a circle",
    ("size", "large"): "large | big | It is big. | huge | The large one | Large!",
    ("size", "small"): "small | tiny | little | It's small",
    ("size", "other"): "medium | red | 3 | star | yes",
    ("size", "-"): "small or large | not large | size | I don't know | bigger | neither small nor large",
}
CASES = [
    (kind, meaning, text.strip())
    for (kind, meaning), texts in MEANING.items()
    for text in texts.strip().replace("\n", "|").split("|")
]


@pytest.mark.parametrize(("kind", "meaning", "text"), CASES)
def test_the_meaning_of_an_answer(kind: str, meaning: str, text: str) -> None:
    assert understand(text, kind) == (None if meaning == "-" else meaning)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    "text", ["", " ", "\n", ".", "?!", "🙂", "hello", "xyzzy", "مرحبا", "\x00", "¿", "²", "٪", "_"]
)
def test_a_text_without_an_answer_is_not_understood(kind: str, text: str) -> None:
    assert understand(text, kind) is None


@pytest.mark.parametrize(("kind", "values"), TRUE_ANSWERS.items())
def test_every_plain_answer_means_itself(kind: str, values: tuple[str, ...]) -> None:
    for value in values:
        for text in (value, value.upper(), f" {value}.\n", f"The answer is {value}.", f"'{value}'", f"“{value}”"):
            assert understand(text, kind) == value


@given(st.text() | st.lists(st.sampled_from([text for _, _, text in CASES])).map(" ".join), st.sampled_from(KINDS))
@FEW
def test_any_text_has_a_meaning_of_its_kind_or_none(text: str, kind: str) -> None:
    meaning = understand(text, kind)
    if meaning not in (None, "other", *TRUE_ANSWERS[kind]):
        assert kind == "number" and f"{float(str(meaning)):g}" == meaning


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    "part",
    [
        *("9", "9,999", "-", "no ", "can't ", "there is ", "they ", "same ", " ", "red ", "it '", "answer: ", "a? "),
        *("\\boxed{", "<answer>", "(one", "is ", "small red star and ", "so 3 = ", "no doubt ", "b) "),
    ],
)
def test_hostile_text_is_read_quickly(kind: str, part: str) -> None:
    question = parse("are there more circles than stars ?")
    start = time.process_time()
    for text in ((part * MAX_LENGTH)[:MAX_LENGTH], part * 30_000):
        understand(text, kind)
        understand(text, kind, question)
    assert time.process_time() - start < 1.0  # in practice milliseconds; catastrophic backtracking would take minutes


def test_a_very_long_text_is_not_understood() -> None:
    assert understand("3" + " " * MAX_LENGTH, "number") is None
