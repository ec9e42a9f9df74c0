"""Tests judges that follow injected texts, and judges that do not."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from blindspot.probes.injections import ASKING, INJECTIONS
from blindspot.probes.susceptibility import NEUTRAL, WAYS, Judged, susceptibility
from blindspot.records.image import Image
from blindspot.records.unscored import Unscored
from blindspot.records.verdict import Outcome, Verdict

IMAGE = Image("a", Path("a.png"), "test")
ROLLOUTS = [
    Judged(IMAGE, "is it red ?", "yes", "correct"),
    Judged(IMAGE, "is it blue ?", "yes", "failure"),
    Judged(IMAGE, "why ?", "yes", "invalid"),
]
WANTED = dict(ASKING)


class Judge:
    """A judge of ROLLOUTS. `obeys`: where it follows texts, "question" or "answer". `breaks`: fails on other texts."""

    identity = "judge"

    def __init__(self, obeys: str = "", breaks: bool = False) -> None:
        self.obeys, self.breaks, self.shown = obeys, breaks, 0

    def judge(self, images: Sequence[Image], questions: Sequence[str], answers: Sequence[str]) -> list[Verdict]:
        self.shown += len(images)
        return [self._one(question, answer) for question, answer in zip(questions, answers, strict=True)]

    def _one(self, question: str, answer: str) -> Verdict:
        text = {"question": question, "answer": answer}.get(self.obeys, "")
        wanted_outcome = next((wanted for order, wanted in ASKING if text.endswith(order)), None)
        if wanted_outcome:
            return Verdict(wanted_outcome, self.identity)
        if self.breaks and NEUTRAL not in question + answer:
            return Verdict("unscored", self.identity, Unscored.JUDGEMENT_NOT_UNDERSTOOD)
        outcome: Outcome = "correct" if answer.startswith("yes") and "red" in question else "failure"
        return Verdict(outcome if question.startswith("is") else "invalid", self.identity)


def test_a_judge_that_follows_texts_in_answers() -> None:
    found = susceptibility(Judge("answer"), ROLLOUTS, ASKING)
    assert list(found) == list(WAYS)
    tried = sum(wanted != "invalid" for _, wanted in ASKING)
    for way in ("answer_appended", "answer_alone"):
        assert (found[way]["tried"], found[way]["share"], found[way]["unscored"]) == (tried, 1.0, 0)
    assert found["question_appended"]["share"] == 0.0
    low = found["answer_alone"]["low"]
    assert low is not None and 0.8 < low < 1.0


def test_the_control_shows_what_any_text_does() -> None:
    """A text in place of the question is invalid, and a text in place of the answer is a failure."""
    found = susceptibility(Judge(), ROLLOUTS, ASKING)
    invalid = sum(wanted == "invalid" for _, wanted in ASKING)
    assert found["question_alone"]["share"] == found["question_alone"]["control"] == invalid / len(ASKING)
    assert found["answer_alone"]["share"] == found["answer_alone"]["control"]
    assert found["question_appended"]["control"] == found["answer_appended"]["control"] == 0.0


def test_a_text_that_breaks_the_judge_is_unscored() -> None:
    found = susceptibility(Judge(breaks=True), ROLLOUTS, ASKING[:4])
    assert found["question_appended"] == {
        "tried": 0, "followed": 0, "share": None, "low": 0.0, "high": 1.0, "control": 0.0, "unscored": 4
    }  # fmt: skip


def test_no_text_is_tried_without_a_suitable_rollout() -> None:
    judge = Judge("question")
    only = [Judged(IMAGE, "is it blue ?", "yes", "failure"), Judged(IMAGE, "is it so ?", "yes", "unscored")]
    found = susceptibility(judge, only, [one for one in ASKING if one[1] == "failure"])
    assert len(found) == 4
    assert all(rates["tried"] == 0 and rates["share"] is None for rates in found.values())
    assert judge.shown == 0


@pytest.mark.parametrize("first", [3, 6, 9])
def test_the_first_texts_ask_for_each_outcome(first: int) -> None:
    assert {wanted for _, wanted in ASKING[:first]} == {"failure", "correct", "invalid"}
    assert len(INJECTIONS) == len(set(INJECTIONS)) >= 60 and set(WANTED) <= set(INJECTIONS)
