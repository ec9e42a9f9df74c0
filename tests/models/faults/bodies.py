"""Bodies with HTTP status 200 that are not the expected chat completion."""

import gzip
import json
from typing import Any

from blindspot.records.unscored import Unscored
from tests.models.fake_server import completion
from tests.models.faults.fault import KEY, STOP, Fault, body, choice, content

_WHOLE = json.dumps(completion())
_EVENTS = 'data: {"choices":[{"index":0,"delta":{"content":"yes"}}]}\n\ndata: [DONE]\n\n'


def _nested(levels: int) -> dict[str, Any]:
    nested: dict[str, Any] = {}
    for _ in range(levels):
        nested = {"a": nested}
    return nested


def _choices(value: Any) -> dict[str, Any]:
    return completion() | {"choices": value}


UNREADABLE: list[Fault] = [
    body("an empty body", "", Unscored.UNREADABLE, "empty", calls=2),
    body("only blanks", "  \n", Unscored.UNREADABLE, "empty", calls=2),
    body("an HTML page", "<html><h1>maintenance</h1></html>", Unscored.UNREADABLE, "maintenance", calls=2),
    body("plain text", "upstream is asleep", Unscored.UNREADABLE, "upstream is asleep", calls=2),
    body("half of the JSON", _WHOLE[:60], Unscored.UNREADABLE, "chat.completion", calls=2),
    body("JSON with trailing characters", _WHOLE + "}}", Unscored.UNREADABLE, calls=2),
    body("JSON twice", _WHOLE + _WHOLE, Unscored.UNREADABLE, calls=2),
    body("JSON with single quotes", str(completion()), Unscored.UNREADABLE, calls=2),
    body("a JSON list", [completion()], Unscored.UNREADABLE, calls=2),
    body("a JSON number", 5, Unscored.UNREADABLE, "5", calls=2),
    body("a JSON text", '"yes"', Unscored.UNREADABLE, "yes", calls=2),
    body("null", None, Unscored.UNREADABLE, "null", calls=2),
    body("an empty object", {}, Unscored.UNREADABLE, calls=2),
    body("nested lists of 200,000 levels", "[" * 200_000, Unscored.UNREADABLE, "[[[", calls=2),
    body("nested objects of 100,000 levels", '{"a":' * 100_000, Unscored.UNREADABLE, calls=2),
    *(body(f"a choice of {n} levels", choice(extra=_nested(n)), "yes") for n in (50, 300)),
    body("bytes that are not UTF-8", b"\xff\xfe\xfd\xfc", Unscored.UNREADABLE, calls=2),
    body("invalid gzip", b"rubbish", Unscored.UNREADABLE, calls=2, headers={"content-encoding": "gzip"}),
    body("gzip", gzip.compress(_WHOLE.encode()), "yes", headers={"content-encoding": "gzip"}),
    body(
        "half of gzip",
        gzip.compress(_WHOLE.encode())[:40],
        Unscored.UNREADABLE,
        calls=2,
        headers={"content-encoding": "gzip"},
    ),
    body(
        "an event stream",
        _EVENTS,
        Unscored.UNREADABLE,
        "data:",
        calls=2,
        headers={"content-type": "text/event-stream"},
    ),
    body("a completion with type text/plain", _WHOLE, "yes", headers={"content-type": "text/plain"}),
    body(
        "a repeated key: the last one counts",
        _WHOLE.replace('"content": "yes"', '"content": "no", "content": "yes"'),
        "yes",
    ),
    body("NaN as content", _WHOLE.replace('"yes"', "NaN"), Unscored.UNREADABLE, "float"),
    body("NaN as log-probability", choice(logprobs=float("nan")), "yes"),
    body("infinite numbers", _WHOLE.replace('"created": 0', '"created": 1e999'), "yes"),
    body(
        "a number of 5,000 digits",
        _WHOLE.replace('"created": 0', '"created": ' + "9" * 5000),
        Unscored.UNREADABLE,
        calls=2,
    ),
    body("padding before the JSON", "\n" * 5000 + _WHOLE, "yes"),
    body(
        "the API key in an HTML page",
        f"<pre>Authorization: Bearer {KEY}</pre>",
        Unscored.UNREADABLE,
        "Bearer …",
        calls=2,
    ),
    body("no content, HTTP 204", "", Unscored.UNREADABLE, calls=2, status=204),
]

CHOICES: list[Fault] = [
    body("choices is an object", _choices({}), Unscored.UNREADABLE, calls=2),
    body("choices is empty", _choices([]), Unscored.UNREADABLE, calls=2),
    body("choices is null", _choices(None), Unscored.UNREADABLE, calls=2),
    body("choices is a text", _choices("yes"), Unscored.UNREADABLE, calls=2),
    body("choices holds numbers", _choices([1, 2]), Unscored.UNREADABLE, calls=2),
    body("choices holds null", _choices([None]), Unscored.UNREADABLE, calls=2),
    body("choices holds a list", _choices([[completion()]]), Unscored.UNREADABLE, calls=2),
    body("choices is missing", {"id": "1", "usage": {}}, Unscored.UNREADABLE, calls=2),
    body(
        "choices is missing, with a message",
        {"detail": "model is loading"},
        Unscored.UNREADABLE,
        "is loading",
        calls=2,
    ),
    body(
        "two choices: the first one counts",
        _choices([*completion("yes")["choices"], *completion("no")["choices"]]),
        "yes",
    ),
    body("message is missing", choice(message=None), Unscored.UNREADABLE, "no message", calls=2),
    body("message is a text", choice(message="yes"), Unscored.UNREADABLE, "yes", calls=2),
    body("message is a list", choice(message=["yes"]), Unscored.UNREADABLE, calls=2),
    body("message is empty", choice(message={}), Unscored.EMPTY),
    body(
        "delta instead of message",
        choice(message=None, delta={"content": "yes"}),
        Unscored.UNREADABLE,
        "delta",
        calls=2,
    ),
    body("text instead of message", choice(message=None, text="yes"), Unscored.UNREADABLE, "text", calls=2),
]

_MAX_TOKENS = {"max_tokens": 1000}
_ODD_COUNTS = ({"total_tokens": None}, {"total_tokens": [1]}, {"total_tokens": "ten"})
_ODD_USAGES: tuple[Any, ...] = ("10", [], -5, 1.5, *_ODD_COUNTS)
USAGES: list[Fault] = [
    *(content(f"usage {value!r}", "yes", "yes", usage=value) for value in _ODD_USAGES),
    content("a huge count", "yes", "yes", usage={"total_tokens": 10**400}),
    content("a count as text, with max_tokens", "yes", "yes", usage={"total_tokens": "10"}, options=_MAX_TOKENS),
    content("a negative count, with max_tokens", "yes", "yes", usage={"total_tokens": -5}, options=_MAX_TOKENS),
    content(
        "parts of a count, with max_tokens",
        "yes",
        "yes",
        usage={"prompt_tokens": 8, "completion_tokens": 2},
        options=_MAX_TOKENS,
    ),
    content(
        "no count, with max_tokens",
        "yes",
        STOP,
        "does not count tokens",
        "remove max_tokens",
        usage=[],
        options=_MAX_TOKENS,
    ),
    content(
        "an infinite count, with max_tokens",
        "yes",
        STOP,
        "count tokens",
        usage={"total_tokens": float("inf")},
        options=_MAX_TOKENS,
    ),
    body(
        "an error without a count, with max_tokens",
        {"error": "busy"},
        Unscored.SERVER_ERROR,
        "busy",
        calls=2,
        options=_MAX_TOKENS,
    ),
    body(
        "an HTML page without a count, with max_tokens",
        "<p>busy",
        Unscored.UNREADABLE,
        "busy",
        calls=2,
        options=_MAX_TOKENS,
    ),
]
