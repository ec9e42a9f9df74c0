"""Reading one choice of a chat completion."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from blindspot.models.completions import COMPLETE, FILTERED, LIMIT, TRANSIENT, Reply, read_choice
from blindspot.records.answer import Answer
from blindspot.records.unscored import Unscored
from blindspot.replies import RAW_BYTES, THOUGHT_MARKS

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(codec=None), max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["type", "text", "a"]), inner),
    max_leaves=6,
)
MESSAGES = st.dictionaries(
    st.sampled_from(["content", "refusal", "reasoning_content", "reasoning", "thinking", "tool_calls"]), VALUES
)
CHOICES = st.fixed_dictionaries({}, optional={"message": MESSAGES | VALUES, "finish_reason": VALUES, "delta": VALUES})


def read(content: Any, finish: Any = "stop", **message: Any) -> Reply:
    return read_choice({"message": {"content": content} | message, "finish_reason": finish}, THOUGHT_MARKS)


@given(CHOICES | VALUES)
def test_every_choice_gives_an_answer_or_a_reason(choice: Any) -> None:
    answer, transient = read_choice(choice, THOUGHT_MARKS)
    assert bool(answer.text) == (answer.error is None)
    assert not transient or answer.error in (Unscored.UNREADABLE, Unscored.INCOMPLETE)
    for text in (answer.text, answer.message, answer.raw):
        text.encode()
    assert len(answer.message.splitlines()) <= 1


@given(CHOICES)
def test_a_stored_choice_is_read_like_a_new_one(choice: Any) -> None:
    stored = json.loads(json.dumps({"choice": choice}))["choice"]
    assert read_choice(stored, THOUGHT_MARKS) == read_choice(choice, THOUGHT_MARKS)


@pytest.mark.parametrize("finish", [*sorted(COMPLETE), None])
def test_a_complete_reply_is_an_answer(finish: str | None) -> None:
    for word in (finish, finish and finish.upper(), finish and f" {finish} "):
        assert read("yes", word) == (Answer("yes"), False)


@pytest.mark.parametrize(
    ("finishes", "reason"), [(LIMIT, Unscored.CUT_OFF), (FILTERED, Unscored.REFUSED), (TRANSIENT, Unscored.INCOMPLETE)]
)
def test_an_incomplete_reply_is_not_an_answer(finishes: set[str], reason: Unscored) -> None:
    for finish in finishes:
        for word in (finish, finish.upper()):
            answer, transient = read("no , ther", word)
            assert (answer.text, answer.error, transient) == ("", reason, finishes is TRANSIENT)
            assert "no , ther" in answer.message


def test_each_finish_reason_has_one_meaning() -> None:
    for one, other in [
        (COMPLETE, LIMIT),
        (COMPLETE, FILTERED),
        (COMPLETE, TRANSIENT),
        (LIMIT, FILTERED),
        (LIMIT, TRANSIENT),
    ]:
        assert not one & other
    assert not FILTERED & TRANSIENT
    assert all(finish == finish.lower() for finish in COMPLETE | LIMIT | FILTERED | TRANSIENT)


@pytest.mark.parametrize("finish", ["tool_calls", "purple", 0, 7, False, [], {}, ["stop"], {"a": 1}, 1.5])
def test_an_unknown_finish_reason_is_not_an_answer_and_is_not_retried(finish: Any) -> None:
    answer, transient = read("yes", finish)
    assert (answer.error, transient) == (Unscored.INCOMPLETE, False) and "yes" in answer.message


@pytest.mark.parametrize(
    ("kind", "error"), [("stop", None), ("length", Unscored.CUT_OFF), ("abort", Unscored.INCOMPLETE)]
)
def test_a_finish_reason_that_is_an_object_is_read_by_its_type(kind: str, error: Unscored | None) -> None:
    assert read("yes", {"type": kind, "matched": 1}).answer.error is error


@pytest.mark.parametrize(
    ("content", "text"),
    [
        ("yes", "yes"),
        (["y", "es"], "yes"),
        ([{"type": "text", "text": "y"}, {"text": "es"}], "yes"),
        ([{"type": "thinking", "thinking": "no"}, {"type": "output_text", "text": "yes"}], "yes"),
        ([{"type": "text", "text": "<think>no"}, {"type": "text", "text": "</think>yes"}], "yes"),
    ],
)
def test_a_text_or_its_parts_give_the_answer(content: Any, text: str) -> None:
    assert read(content).answer == Answer(text)


@pytest.mark.parametrize("message", [None, "yes", ["yes"], 5])
def test_a_choice_without_a_message_is_retried(message: Any) -> None:
    answer, transient = read_choice({"message": message, "finish_reason": "stop"}, THOUGHT_MARKS)
    assert (answer.error, transient) == (Unscored.UNREADABLE, True) and "no message" in answer.message


def test_a_refusal_counts_only_without_text() -> None:
    assert read(None, refusal="I can't.").answer == Answer("", Unscored.REFUSED)
    assert read(None, refusal="I can't.").answer.message == "I can't."
    assert read("yes", refusal="I can't.").answer == Answer("yes")
    assert read(None, refusal=" ").answer == Answer("", Unscored.EMPTY)
    assert read(None, "tool_calls", refusal="I can't.").answer == Answer("", Unscored.REFUSED)


def test_a_thought_without_text_is_not_a_refusal() -> None:
    for key in ("reasoning_content", "reasoning", "thinking"):
        answer = read(None, **{key: "a star"}).answer
        assert (answer.error, answer.message) == (Unscored.THOUGHT_ONLY, "a star")
        assert read("", "length", **{key: "a star"}).answer.error is Unscored.CUT_OFF
        assert read("yes", **{key: "no"}).answer == Answer("yes")


def test_the_raw_reply_is_the_choice_cut_to_its_limit() -> None:
    assert json.loads(read("<think>no</think>yes").answer.raw)["message"] == {"content": "<think>no</think>yes"}
    assert len(read("é" * RAW_BYTES).answer.raw.encode()) <= RAW_BYTES


def test_a_choice_with_too_many_levels_is_unreadable() -> None:
    nested: list[Any] = []
    for _ in range(5000):
        nested = [nested]
    answer, transient = read_choice({"message": {"content": "yes"}, "extra": nested}, THOUGHT_MARKS)
    assert (answer.error, transient) == (Unscored.UNREADABLE, False)
