"""Finish reasons of many servers."""

from typing import Any

from blindspot.records.unscored import Unscored
from tests.models.faults.fault import Fault, body, choice, content

_COMPLETE: list[Any] = [
    "stop",
    None,
    "",
    "eos",
    "eos_token",
    "end_turn",
    "STOP",
    " stop ",
    "stop_sequence",
    "COMPLETE",
]
_LIMIT: list[Any] = ["length", "max_tokens", "MAX_TOKENS", "max_output_tokens", "model_length", "max_new_tokens"]
_FILTERED: list[Any] = ["content_filter", "SAFETY", "sensitive", "refusal", "RECITATION", "PROHIBITED_CONTENT"]
#: With the number of attempts.
_ENDED: list[tuple[Any, int]] = [
    ("error", 2),
    ("abort", 2),
    ("network_error", 2),
    ("insufficient_system_resource", 2),
    ("cancelled", 2),
    ("tool_calls", 1),
    ("function_call", 1),
    ("repetition", 1),
    ("malformed_function_call", 1),
    ("pause_turn", 1),
    ("purple", 1),
    (7, 1),
    (["stop"], 1),
    (False, 1),
    ({}, 1),
]

FINISHES: list[Fault] = [
    *(content(f"complete: {finish!r}", "yes", "yes", finish=finish) for finish in _COMPLETE),
    *(content(f"limit: {finish!r}", "ye", Unscored.CUT_OFF, "ye", finish=finish) for finish in _LIMIT),
    *(content(f"filtered: {finish!r}", None, Unscored.REFUSED, finish, finish=finish) for finish in _FILTERED),
    *(
        content(f"ended by {finish!r}", "no , ther", Unscored.INCOMPLETE, "no , ther", finish=finish, calls=calls)
        for finish, calls in _ENDED
    ),
    content("filtered with a sentence", "I can't show that.", Unscored.REFUSED, "I can't", finish="content_filter"),
    content("a finish reason as an object: stop", "yes", "yes", finish={"type": "stop", "matched": 2}),
    content("a finish reason as an object: length", "ye", Unscored.CUT_OFF, finish={"type": "length", "length": 9}),
    content("tool calls and no text", None, Unscored.INCOMPLETE, "tool_calls", finish="tool_calls"),
    content("an error with no text", "", Unscored.INCOMPLETE, "error", finish="error", calls=2),
    body("no finish reason at all", choice(finish_reason=None), "yes"),
]
