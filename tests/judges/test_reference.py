"""Answers compared with the true answers of a pool."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from blindspot.judges.reference import ReferenceVerifier
from blindspot.judges.vlm import Sameness
from blindspot.pool.questions import Pool, PoolQuestion
from blindspot.prompts.files import default_prompts
from blindspot.protocols import Form
from blindspot.records.answer import Answer
from blindspot.records.image import Image
from blindspot.records.unscored import Unscored
from tests.judges.reading import data_of

IMAGE = Image("a", Path("none"), "test")
OPEN = PoolQuestion("1", "a", "What is it?", ("sofa",))
CHOICE = PoolQuestion("2", "a", "Which?", ("dog", "B"), {"A": "cat", "B": "dog"})
POOL = Pool([OPEN, CHOICE])


class Alike:
    """An LLM that says that a couch is a sofa."""

    identity = "alike/1"

    def __init__(self) -> None:
        self.asked: list[str] = []

    def tell(self, prompts: Sequence[str], form: Form) -> list[Answer]:
        assert form is Sameness
        self.asked += [data_of(prompt)["answer"] for prompt in prompts]
        return [Answer(f'{{"same": {str(data_of(prompt)["answer"] == "couch").lower()}}}') for prompt in prompts]


@pytest.mark.parametrize(
    ("question", "answer", "outcome", "reason"),
    [
        (OPEN, "A sofa.", "correct", None),
        (OPEN, "couch", "failure", None),
        (OPEN, "", "unscored", Unscored.NO_ANSWER),
        (OPEN, "I'm sorry, I cannot help with that request.", "unscored", Unscored.REFUSED),
        (CHOICE, "B", "correct", None),
        (CHOICE, "(A) cat", "failure", None),
        (CHOICE, "a horse", "unscored", Unscored.ANSWER_NOT_UNDERSTOOD),
        (PoolQuestion("3", "a", "Who?", ("me",)), "me", "unscored", Unscored.NO_REFERENCE),
    ],
)
def test_the_texts_decide(question: PoolQuestion, answer: str, outcome: str, reason: str | None) -> None:
    [verdict] = ReferenceVerifier(POOL).judge([IMAGE], [question.question], [answer])
    assert (verdict.outcome, verdict.reason) == (outcome, reason)
    assert verdict.reference == (None if reason == Unscored.NO_REFERENCE else question.reference)


def test_a_model_decides_where_the_texts_of_an_open_question_differ() -> None:
    llm = Alike()
    verifier = ReferenceVerifier(POOL, llm, default_prompts("judge"))
    questions = [OPEN, OPEN, OPEN, CHOICE]
    found = verifier.judge([IMAGE] * 4, [one.question for one in questions], ["couch", "table", "sofa", "cat"])
    assert [one.outcome for one in found] == ["correct", "failure", "correct", "failure"]
    assert llm.asked == ["couch", "table"] and found[0].verifier.startswith("reference/1, alike/1, prompts ")
