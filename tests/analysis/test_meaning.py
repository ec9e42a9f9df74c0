"""Tests the grading by an LLM: which answers it is asked about, and what its replies change."""

import json
import math
from collections.abc import Callable, Sequence
from typing import Any

from blindspot.analysis.meaning import grade_by
from blindspot.judges.prompts import ask_again, ask_sameness
from blindspot.judges.vlm import Sameness
from blindspot.protocols import Form
from blindspot.records.answer import Answer
from blindspot.records.unscored import Unscored
from tests.analysis.made_logs import log

PERSON = {"question": "Who is it?", "references": ["person"], "answer": "A man."}
SAME, OTHER = (json.dumps({"reasoning": "", "same": same}) for same in (True, False))


class Scripted:
    """An LLM whose replies are a function of the prompt; it records the prompts."""

    identity = "scripted"

    def __init__(self, reply: Callable[[str], str | Answer]) -> None:
        self._reply, self.prompts = reply, list[str]()

    def tell(self, prompts: Sequence[str], form: Form) -> list[Answer]:
        assert form is Sameness
        self.prompts += prompts
        replies = [self._reply(prompt) for prompt in prompts]
        return [reply if isinstance(reply, Answer) else Answer(reply) for reply in replies]


def outcomes(llm: Scripted, *rows: dict[str, Any]) -> list[tuple[Any, ...]]:
    found = grade_by(log(*rows), llm)
    return [*found[["outcome", "reason", "by_llm"]].itertuples(index=False, name=None)]


def test_the_llm_decides_where_neither_log_nor_text_does() -> None:
    llm = Scripted(lambda prompt: SAME if "man" in prompt else OTHER)
    tree, people = {**PERSON, "answer": "a tree"}, {**PERSON, "answer": "People"}
    assert outcomes(llm, PERSON, tree, {**PERSON, "wrong": 1.0}, people) == [
        ("correct", None, True),
        ("failure", None, False),
        ("failure", None, None),
        ("correct", None, None),
    ]
    assert llm.prompts == [ask_sameness("Who is it?", "person", text) for text in ("A man.", "a tree")]


def test_equal_rows_are_asked_once() -> None:
    llm = Scripted(lambda _: SAME)
    assert outcomes(llm, *[PERSON] * 3) == [("correct", None, True)] * 3
    assert len(llm.prompts) == 1


def test_rows_without_answer_reference_or_doubt_are_not_asked() -> None:
    llm = Scripted(lambda _: SAME)
    choice = {"options": {"A": "a cat", "B": "a dog"}, "references": ["A"]}
    rows: list[dict[str, Any]] = [
        {"answer": None},
        {"answer": math.nan},
        {"references": []},
        {"answer": "dog", "unscored": "timeout"},
        {"answer": "dog", "question": ""},
        {"answer": "No image provided."},
        {**choice, "answer": "B"},
    ]
    found = outcomes(llm, *rows)
    assert [outcome for outcome, _, _ in found] == ["unscored"] * 6 + ["failure"]
    assert llm.prompts == []


def test_an_option_is_shown_with_its_text_and_several_references_together() -> None:
    llm = Scripted(lambda _: SAME)
    options = {"A": "a cat", "B": "a dog"}
    rows: list[dict[str, Any]] = [
        {"options": options, "references": ["A"], "answer": "kitty"},
        {"references": ["x", "y", "x"], "answer": "z"},
    ]
    assert outcomes(llm, *rows) == [("correct", None, True)] * 2
    expected = [ask_sameness("What is it?", "A: a cat", "kitty"), ask_sameness("What is it?", "x or y", "z")]
    assert llm.prompts == expected


def test_an_unreadable_reply_is_asked_again_and_then_unscored() -> None:
    again = ask_again(ask_sameness("Who is it?", "person", "A man."))
    llm = Scripted(lambda prompt: SAME if prompt == again else "perhaps")
    assert outcomes(llm, PERSON, {**PERSON, "answer": "a tree"}) == [
        ("correct", None, True),
        ("unscored", str(Unscored.JUDGEMENT_NOT_UNDERSTOOD), None),
    ]


def test_a_failed_call_is_unscored_and_not_repeated() -> None:
    llm = Scripted(lambda _: Answer("", Unscored.TIMEOUT))
    assert outcomes(llm, PERSON) == [("unscored", "timeout", None)]
    assert len(llm.prompts) == 1
