"""One choice of a chat completion, read as an answer."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from blindspot.models.completions import COMPLETE, FILTERED, LIMIT, PASSING, Reply, read_choice
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
def test_every_choice_is_an_answer_or_has_a_reason(choice: Any) -> None:
    answer, passing = read_choice(choice, THOUGHT_MARKS)
    assert bool(answer.text) == (answer.error is None)
    assert not passing or answer.error in (Unscored.UNREADABLE, Unscored.INCOMPLETE)
    for text in (answer.text, answer.message, answer.raw):
        text.encode()
    assert len(answer.message.splitlines()) <= 1


@given(CHOICES)
def test_a_choice_that_was_kept_is_read_as_before(choice: Any) -> None:
    kept = json.loads(json.dumps({"choice": choice}))["choice"]
    assert read_choice(kept, THOUGHT_MARKS) == read_choice(choice, THOUGHT_MARKS)


@pytest.mark.parametrize("finish", [*sorted(COMPLETE), None])
def test_a_complete_reply_is_an_answer(finish: str | None) -> None:
    for word in (finish, finish and finish.upper(), finish and f" {finish} "):
        assert read("yes", word) == (Answer("yes"), False)


@pytest.mark.parametrize(
    ("finishes", "reason"), [(LIMIT, Unscored.CUT_OFF), (FILTERED, Unscored.REFUSED), (PASSING, Unscored.INCOMPLETE)]
)
def test_a_fragment_is_no_answer(finishes: set[str], reason: Unscored) -> None:
    for finish in finishes:
        for word in (finish, finish.upper()):
            answer, passing = read("no , ther", word)
            assert (answer.text, answer.error, passing) == ("", reason, finishes is PASSING)
            assert "no , ther" in answer.message


def test_no_finish_reason_has_two_meanings() -> None:
    for one, other in [
        (COMPLETE, LIMIT),
        (COMPLETE, FILTERED),
        (COMPLETE, PASSING),
        (LIMIT, FILTERED),
        (LIMIT, PASSING),
    ]:
        assert not one & other
    assert not FILTERED & PASSING
    assert all(finish == finish.lower() for finish in COMPLETE | LIMIT | FILTERED | PASSING)


@pytest.mark.parametrize("finish", ["tool_calls", "purple", 0, 7, False, [], {}, ["stop"], {"a": 1}, 1.5])
def test_an_unknown_end_is_no_answer_and_not_tried_again(finish: Any) -> None:
    answer, passing = read("yes", finish)
    assert (answer.error, passing) == (Unscored.INCOMPLETE, False) and "yes" in answer.message


@pytest.mark.parametrize(
    ("kind", "error"), [("stop", None), ("length", Unscored.CUT_OFF), ("abort", Unscored.INCOMPLETE)]
)
def test_an_end_that_is_an_object_is_read_by_its_type(kind: str, error: Unscored | None) -> None:
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
def test_text_and_parts_are_an_answer(content: Any, text: str) -> None:
    assert read(content).answer == Answer(text)


@pytest.mark.parametrize("message", [None, "yes", ["yes"], 5])
def test_a_choice_without_a_message_is_tried_again(message: Any) -> None:
    answer, passing = read_choice({"message": message, "finish_reason": "stop"}, THOUGHT_MARKS)
    assert (answer.error, passing) == (Unscored.UNREADABLE, True) and "no message" in answer.message


def test_a_refusal_counts_where_there_is_no_text() -> None:
    assert read(None, refusal="I can't.").answer == Answer("", Unscored.REFUSED)
    assert read(None, refusal="I can't.").answer.message == "I can't."
    assert read("yes", refusal="I can't.").answer == Answer("yes")
    assert read(None, refusal=" ").answer == Answer("", Unscored.EMPTY)
    assert read(None, "tool_calls", refusal="I can't.").answer == Answer("", Unscored.REFUSED)


def test_a_thought_alone_is_no_refusal() -> None:
    for key in ("reasoning_content", "reasoning", "thinking"):
        answer = read(None, **{key: "a star"}).answer
        assert (answer.error, answer.message) == (Unscored.THOUGHT_ONLY, "a star")
        assert read("", "length", **{key: "a star"}).answer.error is Unscored.CUT_OFF
        assert read("yes", **{key: "no"}).answer == Answer("yes")


def test_the_raw_reply_is_the_choice_and_is_cut() -> None:
    assert json.loads(read("<think>no</think>yes").answer.raw)["message"] == {"content": "<think>no</think>yes"}
    assert len(read("é" * RAW_BYTES).answer.raw.encode()) <= RAW_BYTES


def test_levels_beyond_what_json_can_write_are_unreadable() -> None:
    nested: list[Any] = []
    for _ in range(5000):
        nested = [nested]
    answer, passing = read_choice({"message": {"content": "yes"}, "extra": nested}, THOUGHT_MARKS)
    assert (answer.error, passing) == (Unscored.UNREADABLE, False)
