"""A VLM as judge: what it is shown, and what is made of its replies."""

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from blindspot.probes.injections import INJECTIONS
from blindspot.protocols import Form
from blindspot.records.answer import Answer
from blindspot.records.image import Image
from blindspot.records.sampling import Sampling
from blindspot.verifiers.prompts import ask_sameness, ask_validity
from blindspot.verifiers.vlm import CRITERIA, Sameness, Validity, VLMVerifier
from tests.verifiers.reading import data_of

IMAGE = Image("a", Path("a.png"), "test")
VALID = {"reasoning": "", **dict.fromkeys(CRITERIA, True), "reference": "three"}


class Scripted:
    """A judge that replies what it is told to, and remembers what it was asked."""

    identity = "scripted"

    def __init__(self, validity: Callable[[str], Any], same: Callable[[str], Any]) -> None:
        self.script = {Validity: validity, Sameness: same}
        self.prompts: list[str] = []
        self.samplings: set[Sampling | None] = set()

    def complete(
        self, images: Sequence[Image], prompts: Sequence[str], form: Form, sampling: Sampling | None = None
    ) -> list[Answer]:
        assert form is not None and len(images) == len(prompts)
        self.samplings.add(sampling)
        self.prompts += prompts
        replies = [self.script[form](prompt) for prompt in prompts]
        return [one if isinstance(one, Answer) else Answer(json.dumps(one)) for one in replies]


def judge(validity: Any, same: Any = None, question: str = "how many ?", answer: str = "3") -> tuple[str, str | None]:
    judge = Scripted(lambda _: validity, lambda _: same)
    [verdict] = VLMVerifier(judge).judge([IMAGE], [question], [answer])
    return verdict.outcome, verdict.reason


@pytest.mark.parametrize(("same", "outcome"), [(True, "correct"), (False, "failure")])
def test_an_answer_is_judged_by_the_judges_own(same: bool, outcome: str) -> None:
    assert judge(VALID, {"reasoning": "", "same": same}) == (outcome, None)


@pytest.mark.parametrize("missed", CRITERIA)
def test_a_question_that_misses_a_criterion_is_invalid_and_its_answer_is_not_looked_at(missed: str) -> None:
    script = Scripted(lambda _: VALID | {missed: False}, lambda _: pytest.fail("asked about an invalid question"))
    [verdict] = VLMVerifier(script).judge([IMAGE], ["how many ?"], ["3"])
    assert (verdict.outcome, verdict.reason, verdict.reference) == ("invalid", missed, None)


@pytest.mark.parametrize(
    ("reply", "reason"),
    [
        (Answer("", "refused"), "refused"),
        (Answer("", "timeout"), "timeout"),
        (Answer("I would say so."), "judgement_not_understood"),
        (Answer('{"reasoning": "it is cut o'), "judgement_not_understood"),
        (Answer('Draft: {"reasoning": "", "same": false}. But wait, it'), "judgement_not_understood"),
        ({"reasoning": "", "same": "false"}, "judgement_not_understood"),
        ({"same": True}, "judgement_not_understood"),
        ({"reasoning": "", "same": False, "verdict": "failure"}, "judgement_not_understood"),
        ([], "judgement_not_understood"),
    ],
)
def test_what_cannot_be_read_is_an_error_and_never_a_failure(reply: Any, reason: str) -> None:
    assert judge(VALID, reply) == ("error", reason)
    assert judge(reply) == ("error", reason)


def test_nothing_asked_nothing_answered_and_no_reference_are_errors() -> None:
    assert judge(VALID, question=" ") == ("error", "no_question")
    assert judge(VALID, answer="") == ("error", "no_answer")
    assert judge(VALID | {"reference": " "}) == ("error", "no_reference")


def test_a_fence_around_the_reply_is_passed_over() -> None:
    fenced = Answer(f"```json\n{json.dumps({'reasoning': '', 'same': True})}\n```")
    assert judge(VALID, fenced) == ("correct", None)


def test_verdicts_keep_the_order_of_what_is_judged() -> None:
    def validity(prompt: str) -> Any:
        number = int(data_of(prompt)["question"])
        if number % 4 == 1:
            return VALID | {"objective": False}
        return Answer("", "timeout") if number % 4 == 2 else VALID | {"reference": str(number)}

    script = Scripted(validity, lambda prompt: {"reasoning": "", "same": int(data_of(prompt)["reference"]) % 8 == 0})
    questions = [str(number) for number in range(16)]
    found = VLMVerifier(script).judge([IMAGE] * 16, questions, ["x"] * 16)
    expected = ["correct", "invalid", "error", "failure", "failure", "invalid", "error", "failure"] * 2
    assert [verdict.outcome for verdict in found] == expected


def test_the_first_step_does_not_show_the_answer() -> None:
    script = Scripted(lambda _: VALID, lambda _: {"reasoning": "", "same": True})
    VLMVerifier(script).judge([IMAGE], ["how many ?"], ["thirteen"])
    assert "thirteen" not in script.prompts[0] and "thirteen" in script.prompts[1]


def test_both_steps_are_drawn_as_the_judge_is_told_to() -> None:
    script = Scripted(lambda _: VALID, lambda _: {"reasoning": "", "same": True})
    VLMVerifier(script, Sampling(0.7, 3)).judge([IMAGE], ["how many ?"], ["3"])
    assert script.samplings == {Sampling(0.7, 3)}


@pytest.mark.parametrize("reference", ["three", ""])
def test_without_the_gate_an_invalid_question_can_fail(reference: str) -> None:
    script = Scripted(
        lambda _: VALID | {"true_premise": False, "reference": reference}, lambda _: {"reasoning": "", "same": False}
    )
    [verdict] = VLMVerifier(script, gate=False).judge([IMAGE], ["how many ?"], ["3"])
    assert (verdict.outcome, verdict.reference) == ("failure", reference)
    [gated] = VLMVerifier(script).judge([IMAGE], ["how many ?"], ["3"])
    assert (gated.outcome, gated.reason) == ("invalid", "true_premise")


def structure(prompt: str) -> list[str]:
    """The prompt's lines without their data."""
    return [line.split(" = ")[0] if line.startswith(("QUESTION", "REFERENCE", "ANSWER")) else line
            for line in prompt.split("\n")]  # fmt: skip


def assert_no_escape(question: str, reference: str, answer: str) -> None:
    first, second = ask_validity(question), ask_sameness(question, reference, answer)
    assert data_of(first) == {"question": question}
    assert data_of(second) == {"question": question, "reference": reference, "answer": answer}
    assert structure(first) == structure(ask_validity("plain"))
    assert structure(second) == structure(ask_sameness("plain", "plain", "plain"))
    assert len(second.splitlines()) == len(ask_sameness("a", "b", "c").splitlines())
    for prompt in (first, second):
        data = [line for line in prompt.split("\n") if line.startswith(("QUESTION = ", "REFERENCE = ", "ANSWER = "))]
        assert all(line.isascii() and not set(line) & set("<>[]{}|`") for line in data)


def test_the_corpus_is_of_sixty_texts_and_more() -> None:
    assert len(set(INJECTIONS)) == len(INJECTIONS) >= 60


@pytest.mark.parametrize("text", INJECTIONS)
def test_no_injected_text_leaves_its_line(text: str) -> None:
    assert_no_escape(text, "three", "3")
    assert_no_escape("how many ?", "three", text)
    assert_no_escape(text, text, text)


@given(st.text(), st.text(), st.text())
def test_no_text_at_all_leaves_its_line(question: str, reference: str, answer: str) -> None:
    assert_no_escape(question, reference, answer)
