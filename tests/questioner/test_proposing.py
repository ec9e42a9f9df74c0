import pytest

from blindspot.protocols import ProposedQuestion
from blindspot.questioner.proposing import proposed
from blindspot.replies import THOUGHT_MARKS


def test_the_question_and_its_answer_are_read_in_the_form_of_the_prompt() -> None:
    reply = 'Sure!\n```json\n{"question": "How many dogs are there?", "answer": "two"}\n```'
    assert proposed(reply, "json", THOUGHT_MARKS, -2.0) == ProposedQuestion("How many dogs are there?", "two", -2.0)
    reply = "<question>How many dogs are there?</question>\n<answer>two</answer>"
    assert proposed(reply, "tags", THOUGHT_MARKS) == ProposedQuestion("How many dogs are there?", "two")


@pytest.mark.parametrize(
    ("reply", "reason"),
    [('{"declined": true}', "declined"), ("The image shows a street.", "no question"), ("", "empty reply")],
)
def test_a_reply_without_a_question_has_a_reason_and_its_start(reply: str, reason: str) -> None:
    assert proposed(reply, "json", THOUGHT_MARKS, -1.0) == ProposedQuestion("", None, -1.0, reason, reply)
    assert len(proposed("The image shows a street. " * 100, "json", THOUGHT_MARKS).message) == 200


@pytest.mark.parametrize(
    ("reply", "question", "answer"),
    [("a2 : no </think> is it red ?", "is it red ?", "no"), ("a2 : no </think>", "", "no"), ("a2 is", "a2 is", None)],
)
def test_the_embedded_questioner_is_read_as_it_was_trained(reply: str, question: str, answer: str | None) -> None:
    assert proposed(reply, "thought", THOUGHT_MARKS) == ProposedQuestion(question, answer)
