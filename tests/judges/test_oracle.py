"""Tests the verdicts of the oracle on one scene."""

from pathlib import Path
from typing import Literal

import pytest

from blindspot.errors import BlindspotError
from blindspot.judges.oracle import OracleVerifier
from blindspot.records.image import Image
from blindspot.records.unscored import Unscored
from blindspot.records.verdict import Verdict
from blindspot.scenes.scene import Scene, Thing

SCENE = Scene(
    (Thing(0, 0, "small", "red", "star"), Thing(0, 2, "large", "red", "circle"), Thing(2, 1, "large", "blue", "star"))
)
IMAGE = Image("i", Path("i.png"), "test", SCENE.to_json())


def judge(question: str, answer: str, unparsed: Literal["invalid", "unscored"] = "invalid") -> Verdict:
    (verdict,) = OracleVerifier(unparsed).judge([IMAGE], [question], [answer])
    return verdict


@pytest.mark.parametrize(
    ("question", "answer", "outcome", "reason", "reference", "family"),
    [
        ("how many stars are there ?", "2", "correct", None, "2", "counting"),
        ("How many stars are there?", "There are two.", "correct", None, "2", "counting"),
        ("how many stars are there ?", "3", "failure", None, "2", "counting"),
        ("how many stars are there ?", "red", "failure", None, "2", "counting"),
        ("how many stars are there ?", "", "unscored", "no answer", "2", "counting"),
        ("how many stars are there ?", " \n", "unscored", "no answer", "2", "counting"),
        ("how many stars are there ?", "blorp", "unscored", "answer not understood", "2", "counting"),
        ("how many stars are there ?", "2 or 3", "unscored", "answer not understood", "2", "counting"),
        ("what colour is the circle ?", "red", "correct", None, "red", "colour"),
        ("what colour is the star ?", "red", "invalid", "ambiguous_referent", None, "colour"),
        ("what colour is the square ?", "red", "invalid", "no_referent", None, "colour"),
        ("what colour is the square ?", "", "invalid", "no_referent", None, "colour"),
        ("the of star ?", "red", "invalid", "unparsed", None, None),
        ("", "red", "unscored", "no question", None, None),
        ("  ", "red", "unscored", "no question", None, None),
    ],
)
def test_verdict(
    question: str, answer: str, outcome: str, reason: str | None, reference: str | None, family: str | None
) -> None:
    message = answer if reason == Unscored.ANSWER_NOT_UNDERSTOOD else None
    expected = Verdict(outcome, "oracle/1", reason, reference, family, message)  # type: ignore[arg-type]
    assert judge(question, answer) == expected


@pytest.mark.parametrize(
    ("question", "answer", "outcome"),
    [
        ("are there more circles than stars ?", "There is 1 circle and there are 2 stars.", "unscored"),
        ("are there more circles than stars ?", "There are fewer circles than stars.", "correct"),
        ("are there more circles than stars ?", "There are more circles than stars.", "failure"),
        ("how many stars are there ?", "There is 1 small star and 1 large star.", "unscored"),
        ("how many stars are there ?", "There are 2 stars: 1 red and 1 blue.", "correct"),
        ("how many stars are there ?", "There is 1 red star.", "unscored"),
        ("how many red stars are there ?", "There is 1 red star.", "correct"),
        ("is the red star right of the circle ?", "There is a red star to the left of the circle.", "unscored"),
        ("is the red star right of the circle ?", "The red star is to the left of the circle.", "correct"),
        ("is there a green star ?", "there is", "unscored"),
        ("is there a green star ?", "There is.", "failure"),
        ("is there a green star ?", "There is a red star.", "unscored"),
        ("what colour is the circle ?", "The small star is red.", "unscored"),
        ("is there a green star ?", "0", "unscored"),
        ("is there a large star ?", "A star", "unscored"),
        ("how many green squares are there ?", "They are blue.", "unscored"),
        ("how many red stars are there ?", "There are 2 stars.", "unscored"),
        ("how many stars are there ?", "2\n\nQuestion: how many circles are there?\nAnswer: 1", "unscored"),
        ("how many stars are there ?", "How many circles are there? 1", "unscored"),
        ("how many stars are there ?", "How many stars are there? 2", "correct"),
        ("what colour is the leftmost star ?", "The rightmost star is blue.", "unscored"),
        ("what colour is the leftmost star ?", "The leftmost star is red.", "correct"),
        ("what colour is the star below the circle ?", "The star left of the circle is red.", "unscored"),
        ("is the red star right of the circle ?", "No, it's on the right.", "unscored"),
        ("are there more circles than stars ?", "Yes, 1 circle and 2 stars.", "unscored"),
        ("are there more circles than stars ?", "No, 1 circle and 2 stars.", "correct"),
        ("are the red star and the circle the same colour ?", "Both are red.", "correct"),
        ("is there a blue star ?", "No, the star is blue.", "unscored"),
        ("what colour is the circle ?", "The circle right of the blue star is red.", "correct"),
    ],
)
def test_a_statement_is_scored_only_if_it_answers_the_question(question: str, answer: str, outcome: str) -> None:
    assert judge(question, answer).outcome == outcome


def test_a_question_outside_of_the_grammar_can_be_unscored() -> None:
    assert judge("why is it so ?", "red", "unscored") == Verdict("unscored", "oracle/1", "unparsed")
    assert judge("what colour is the star ?", "red", "unscored").outcome == "invalid"


def test_verdicts_are_in_order() -> None:
    questions = ["is there a star ?", "babble", "how many stars are there ?"]
    verdicts = OracleVerifier("invalid").judge([IMAGE] * 3, questions, ["yes", "yes", "1"])
    assert [verdict.outcome for verdict in verdicts] == ["correct", "invalid", "failure"]


def test_lengths_must_be_equal() -> None:
    with pytest.raises(ValueError, match="zip"):
        OracleVerifier("invalid").judge([IMAGE], ["q", "q"], ["a", "a"])


def test_the_error_for_an_image_without_a_scene_says_the_fix() -> None:
    photo = Image("cat", Path("cat.png"), "test")
    with pytest.raises(BlindspotError, match=r"image cat has no scene.*verifier\.kind: vlm"):
        OracleVerifier("invalid").judge([photo], ["q"], ["a"])


def test_a_broken_scene_is_an_error() -> None:
    broken = Image("cat", Path("cat.png"), "test", "[{")
    with pytest.raises(BlindspotError, match="the scene of image cat cannot be read"):
        OracleVerifier("invalid").judge([broken], ["q"], ["a"])
