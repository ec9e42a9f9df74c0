"""Bodies with HTTP status 200 that are not the chat completion that they should be."""

import gzip
import json
from typing import Any

from blindspot.records.unscored import Unscored
from tests.models.fake_server import completion
from tests.models.faults.fault import KEY, STOP, Fault, body, choice, said

_WHOLE = json.dumps(completion())
_EVENTS = 'data: {"choices":[{"index":0,"delta":{"content":"yes"}}]}\n\ndata: [DONE]\n\n'


def _nested(levels: int) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for _ in range(levels):
        found = {"a": found}
    return found


def _choices(value: Any) -> dict[str, Any]:
    return completion() | {"choices": value}


UNREADABLE: list[Fault] = [
    body("an empty body", "", Unscored.UNREADABLE, "empty", calls=2),
    body("blanks", "  \n", Unscored.UNREADABLE, "empty", calls=2),
    body("a page of HTML", "<html><h1>maintenance</h1></html>", Unscored.UNREADABLE, "maintenance", calls=2),
    body("a plain sentence", "upstream is asleep", Unscored.UNREADABLE, "upstream is asleep", calls=2),
    body("half of the JSON", _WHOLE[:60], Unscored.UNREADABLE, "chat.completion", calls=2),
    body("JSON and rubbish", _WHOLE + "}}", Unscored.UNREADABLE, calls=2),
    body("JSON twice", _WHOLE + _WHOLE, Unscored.UNREADABLE, calls=2),
    body("JSON in single quotes", str(completion()), Unscored.UNREADABLE, calls=2),
    body("a JSON list", [completion()], Unscored.UNREADABLE, calls=2),
    body("a JSON number", 5, Unscored.UNREADABLE, "5", calls=2),
    body("a JSON text", '"yes"', Unscored.UNREADABLE, "yes", calls=2),
    body("null", None, Unscored.UNREADABLE, "null", calls=2),
    body("an empty object", {}, Unscored.UNREADABLE, calls=2),
    body("lists in lists, 200,000 levels", "[" * 200_000, Unscored.UNREADABLE, "[[[", calls=2),
    body("objects in objects, 100,000 levels", '{"a":' * 100_000, Unscored.UNREADABLE, calls=2),
    *(body(f"a choice of {n} levels", choice(extra=_nested(n)), "yes") for n in (50, 300)),
    body("bytes that are no UTF-8", b"\xff\xfe\xfd\xfc", Unscored.UNREADABLE, calls=2),
    body("gzip that is none", b"rubbish", Unscored.UNREADABLE, calls=2, headers={"content-encoding": "gzip"}),
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
    body("a completion called text/plain", _WHOLE, "yes", headers={"content-type": "text/plain"}),
    body(
        "a key twice, the last one counts",
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
    body("the key in a page", f"<pre>Authorization: Bearer {KEY}</pre>", Unscored.UNREADABLE, "Bearer …", calls=2),
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
        "choices is missing, a sentence beside",
        {"detail": "model is loading"},
        Unscored.UNREADABLE,
        "is loading",
        calls=2,
    ),
    body(
        "two choices, the first one counts",
        _choices([*completion("yes")["choices"], *completion("no")["choices"]]),
        "yes",
    ),
    body("message is missing", choice(message=None), Unscored.UNREADABLE, "no message", calls=2),
    body("message is a text", choice(message="yes"), Unscored.UNREADABLE, "yes", calls=2),
    body("message is a list", choice(message=["yes"]), Unscored.UNREADABLE, calls=2),
    body("message is empty", choice(message={}), Unscored.EMPTY),
    body(
        "delta in place of message",
        choice(message=None, delta={"content": "yes"}),
        Unscored.UNREADABLE,
        "delta",
        calls=2,
    ),
    body("text in place of message", choice(message=None, text="yes"), Unscored.UNREADABLE, "text", calls=2),
]

_CAPPED = {"max_tokens": 1000}
USAGES: list[Fault] = [
    *(
        said(f"usage {value!r}", "yes", "yes", usage=value)
        for value in ("10", [], -5, 1.5, {"total_tokens": None}, {"total_tokens": [1]}, {"total_tokens": "ten"})
    ),
    said("a huge count", "yes", "yes", usage={"total_tokens": 10**400}),
    said("a count as text, capped", "yes", "yes", usage={"total_tokens": "10"}, options=_CAPPED),
    said("a negative count, capped", "yes", "yes", usage={"total_tokens": -5}, options=_CAPPED),
    said(
        "parts of a count, capped", "yes", "yes", usage={"prompt_tokens": 8, "completion_tokens": 2}, options=_CAPPED
    ),
    said("no count, capped", "yes", STOP, "does not count tokens", "unset it", usage=[], options=_CAPPED),
    said(
        "an infinite count, capped", "yes", STOP, "count tokens", usage={"total_tokens": float("inf")}, options=_CAPPED
    ),
    body(
        "an error without a count, capped", {"error": "busy"}, Unscored.SERVER_ERROR, "busy", calls=2, options=_CAPPED
    ),
    body("a page without a count, capped", "<p>busy", Unscored.UNREADABLE, "busy", calls=2, options=_CAPPED),
]
