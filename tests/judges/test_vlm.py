"""Tests the VLM judge: its prompts, and the verdicts from its replies."""

import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from blindspot.judges.prompts import ask_again, ask_sameness, ask_validity
from blindspot.judges.vlm import CRITERIA, Sameness, Validity, VLMVerifier
from blindspot.probes.injections import INJECTIONS
from blindspot.prompts.files import default_prompts
from blindspot.protocols import Form
from blindspot.records.answer import Answer, Sampling
from blindspot.records.image import Image
from blindspot.records.unscored import Unscored
from tests.judges.reading import data_of

IMAGE = Image("a", Path("a.png"), "test")
VALID = {"reasoning": "", **dict.fromkeys(CRITERIA, True), "reference": "three"}


class Scripted:
    """A judge with scripted replies that records its prompts."""

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


def test_the_identity_names_all_that_decides_the_verdicts() -> None:
    vlm, prompts = Scripted(lambda _: VALID, lambda _: VALID), default_prompts("judge")
    judges = [prompts, replace(prompts, system="Be strict.")]
    found = [VLMVerifier(vlm, prompts=one).identity for one in judges]
    found += [VLMVerifier(vlm, Sampling(0.5, seed)).identity for seed in (0, 1)]
    found += [VLMVerifier(vlm, require_valid=False).identity, VLMVerifier(vlm).identity]
    digests = [one.digest for one in judges]
    assert found[:2] == [f"scripted, prompts {digest}" for digest in digests] and digests[0] != digests[1]
    assert found[2] == found[3] == f"{found[0]}, temperature 0.5"
    assert found[4:] == [f"{found[0]}, any question", found[0]]


@pytest.mark.parametrize(("same", "outcome"), [(True, "correct"), (False, "failure")])
def test_an_answer_is_compared_with_the_judges_own(same: bool, outcome: str) -> None:
    assert judge(VALID, {"reasoning": "", "same": same}) == (outcome, None)


@pytest.mark.parametrize("missed", CRITERIA)
def test_a_question_that_misses_a_criterion_is_invalid_and_its_answer_is_not_judged(missed: str) -> None:
    script = Scripted(lambda _: VALID | {missed: False}, lambda _: pytest.fail("asked about an invalid question"))
    [verdict] = VLMVerifier(script).judge([IMAGE], ["how many ?"], ["3"])
    assert (verdict.outcome, verdict.reason, verdict.reference) == ("invalid", missed, None)


@pytest.mark.parametrize(
    ("reply", "reason"),
    [
        (Answer("", Unscored.REFUSED), "refused"),
        (Answer("", Unscored.TIMEOUT), "timeout"),
        (Answer("I would say so."), "judgement not understood"),
        (Answer('{"reasoning": "it is cut o'), "judgement not understood"),
        ({"reasoning": "", "same": "partially"}, "judgement not understood"),
        ({"reasoning": ""}, "judgement not understood"),
        ({"verdict": "failure"}, "judgement not understood"),
        ([], "judgement not understood"),
    ],
)
def test_a_reply_that_cannot_be_read_is_unscored(reply: Any, reason: str) -> None:
    assert judge(VALID, reply) == ("unscored", reason)
    assert judge(reply) == ("unscored", reason)


def test_the_judges_own_answer_is_kept_if_its_comparison_cannot_be_read() -> None:
    asked = Scripted(lambda _: VALID | {"reference": 3}, lambda _: Answer("I would say so."))
    [verdict] = VLMVerifier(asked).judge([IMAGE], ["how many ?"], ["3"])
    assert (verdict.outcome, verdict.reference) == ("unscored", "3")


def test_an_empty_question_answer_or_reference_is_unscored() -> None:
    assert judge(VALID, question=" ") == ("unscored", "no question")
    assert judge(VALID, answer="") == ("unscored", "no answer")
    for empty in (" ", "…", "N/A", "unknown"):
        assert judge(VALID | {"reference": empty}) == ("unscored", "no reference")


def test_a_reply_that_cannot_be_read_is_requested_once_more() -> None:
    def second_time(reply: Any) -> Callable[[str], Any]:
        return lambda prompt: (
            reply if prompt.endswith(ask_again("")[1:]) else Answer("I would rather explain it.", raw="raw 1")
        )

    good = Answer(json.dumps(VALID), raw="raw 2")
    script = Scripted(second_time(good), second_time({"reasoning": "", "same": True}))
    [verdict] = VLMVerifier(script).judge([IMAGE], ["how many ?"], ["3"])
    assert (verdict.outcome, verdict.raw) == ("correct", ("raw 2",))
    assert len(script.prompts) == 4
    script = Scripted(second_time(Answer("No.")), second_time(None))
    [verdict] = VLMVerifier(script).judge([IMAGE], ["how many ?"], ["3"])
    assert (verdict.reason, verdict.message) == (Unscored.JUDGEMENT_NOT_UNDERSTOOD, "I would rather explain it.")
    assert len(script.prompts) == 2


@pytest.mark.parametrize(("slip", "expected"), [(3, "3"), (3.0, "3"), (["3"], "3"), (True, "yes"), (None, None)])
def test_a_reference_of_another_type_is_read_as_text(slip: object, expected: str | None) -> None:
    asked = Scripted(lambda _: VALID | {"reference": slip}, lambda _: {"reasoning": "", "same": False})
    [verdict] = VLMVerifier(asked).judge([IMAGE], ["how many ?"], ["4"])
    assert verdict.reference == expected


def test_a_fence_around_the_reply_is_ignored() -> None:
    fenced = Answer(f"```json\n{json.dumps({'reasoning': '', 'same': True})}\n```")
    assert judge(VALID, fenced) == ("correct", None)


def test_verdicts_are_in_order() -> None:
    def validity(prompt: str) -> Any:
        number = int(data_of(prompt)["question"])
        if number % 4 == 1:
            return VALID | {"objective": False}
        return Answer("", Unscored.TIMEOUT) if number % 4 == 2 else VALID | {"reference": str(number)}

    script = Scripted(validity, lambda prompt: {"reasoning": "", "same": int(data_of(prompt)["reference"]) % 8 == 0})
    questions = [str(number) for number in range(16)]
    found = VLMVerifier(script).judge([IMAGE] * 16, questions, ["x"] * 16)
    expected = ["correct", "invalid", "unscored", "failure", "failure", "invalid", "unscored", "failure"] * 2
    assert [verdict.outcome for verdict in found] == expected


def test_the_first_step_does_not_show_the_answer() -> None:
    script = Scripted(lambda _: VALID, lambda _: {"reasoning": "", "same": True})
    VLMVerifier(script).judge([IMAGE], ["how many ?"], ["thirteen"])
    assert "thirteen" not in script.prompts[0] and "thirteen" in script.prompts[1]


def test_both_steps_use_the_sampling_of_the_judge() -> None:
    script = Scripted(lambda _: VALID, lambda _: {"reasoning": "", "same": True})
    VLMVerifier(script, Sampling(0.7, 3)).judge([IMAGE], ["how many ?"], ["3"])
    assert script.samplings == {Sampling(0.7, 3)}


@pytest.mark.parametrize("reference", ["three", ""])
def test_an_invalid_question_can_be_a_failure_if_validity_is_not_required(reference: str) -> None:
    script = Scripted(
        lambda _: VALID | {"true_premise": False, "reference": reference}, lambda _: {"reasoning": "", "same": False}
    )
    [verdict] = VLMVerifier(script, require_valid=False).judge([IMAGE], ["how many ?"], ["3"])
    assert (verdict.outcome, verdict.reference) == ("failure", reference)
    [gated] = VLMVerifier(script).judge([IMAGE], ["how many ?"], ["3"])
    assert (gated.outcome, gated.reason) == ("invalid", "true_premise")


def structure(prompt: str) -> list[str]:
    """Returns the lines of the prompt without their data."""
    return [line.split(" = ")[0] if line.startswith(("QUESTION", "REFERENCE", "ANSWER")) else line
            for line in prompt.split("\n")]  # fmt: skip


def assert_no_escape(question: str, reference: str, answer: str) -> None:
    first, second = ask_validity(question), ask_sameness(question, reference, answer)
    assert data_of(first) == {"question": question}
    assert data_of(second) == {"question": question, "reference": reference, "answer": answer}
    assert structure(first) == structure(ask_validity("plain"))
    assert structure(second) == structure(ask_sameness("plain", "plain", "plain"))
    assert len(second.splitlines()) == len(ask_sameness("a", "b", "c").splitlines())
    for prompt, count in ((first, 1), (second, 3)):
        data = [line for line in prompt.split("\n") if line.startswith(("QUESTION = ", "REFERENCE = ", "ANSWER = "))]
        assert len(data) == count and all(line.isascii() and not set(line) & set("<>[]{}|`") for line in data)


def test_there_are_at_least_sixty_injections() -> None:
    assert len(set(INJECTIONS)) == len(INJECTIONS) >= 60


@pytest.mark.parametrize("text", INJECTIONS)
def test_an_injection_stays_on_its_line(text: str) -> None:
    assert_no_escape(text, "three", "3")
    assert_no_escape("how many ?", "three", text)
    assert_no_escape(text, text, text)


@given(st.text(), st.text(), st.text())
def test_any_text_stays_on_its_line(question: str, reference: str, answer: str) -> None:
    assert_no_escape(question, reference, answer)
