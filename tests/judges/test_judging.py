"""Tests the verdicts on missing questions and answers."""

from collections.abc import Sequence
from pathlib import Path

from blindspot.judges.judging import answer_all, judge_all, judge_asked
from blindspot.judges.oracle import OracleVerifier
from blindspot.protocols import ProposedQuestion
from blindspot.records.answer import Answer, Sampling
from blindspot.records.image import Image
from blindspot.records.unscored import Unscored
from blindspot.scenes.scene import Scene, Thing

SCENE = Scene((Thing(0, 0, "small", "red", "star"), Thing(2, 2, "large", "blue", "circle"))).to_json()
ASKED = "how many red stars are there ?"


def test_a_missing_answer_is_unscored_and_the_order_is_kept() -> None:
    answers = [Answer("1"), Answer("", Unscored.TIMEOUT), Answer("2"), Answer("", Unscored.SERVER_ERROR)]
    images = [Image(str(index), Path("none.png"), "test", SCENE) for index in range(4)]
    found = judge_all(OracleVerifier("invalid"), images, [ASKED] * 4, answers)
    assert [one.outcome for one in found] == ["correct", "unscored", "failure", "unscored"]
    assert [one.reason for one in found][1::2] == ["timeout", "server error"]
    assert {one.verifier for one in found} == {OracleVerifier("invalid").identity}


class Counts:
    """A candidate that answers "1" and keeps the questions."""

    identity = "counts"

    def __init__(self) -> None:
        self.asked = list[str]()

    def answer(
        self, images: Sequence[Image], questions: Sequence[str], sampling: Sampling | None = None
    ) -> list[Answer]:
        self.asked += questions
        return [Answer("1")] * len(questions)


def test_a_reply_without_a_question_is_invalid_and_is_not_asked() -> None:
    images = [Image(str(index), Path("none.png"), "test", SCENE) for index in range(3)]
    asked = [
        ProposedQuestion("", reason="declined", message="I cannot."),
        ProposedQuestion(ASKED),
        ProposedQuestion(""),
    ]
    candidate = Counts()
    answers = answer_all(candidate, images, asked)
    assert candidate.asked == [ASKED, ""] and [answer.text for answer in answers] == ["", "1", "1"]
    found = judge_asked(OracleVerifier("invalid"), images, asked, answers)
    assert [(one.outcome, one.reason, one.message) for one in found] == [
        ("invalid", "declined", "I cannot."),
        ("correct", None, None),
        ("unscored", "no question", None),
    ]
