"""Defines a fault of a served model: the replies of the server, and the expected result."""

from dataclasses import dataclass, field
from typing import Any

from blindspot.records.unscored import Unscored
from tests.models.fake_server import Reply, completion

KEY = "sk-planted-0123456789abcdef"
STOP = None  # the stage ends


@dataclass(frozen=True)
class Fault:
    """A fault in the replies to one call.

    Attributes:
        replies: to the attempts of the call, in order; the last one is repeated.
        expected: the answer, the reason for which it is unscored, or STOP.
        calls: the expected number of attempts with `retries: 1`.
        words: parts of the message or the error.
        options: keys of the endpoint file.
    """

    name: str
    replies: tuple[Reply, ...]
    expected: str | Unscored | None
    calls: int
    words: tuple[str, ...] = ()
    options: dict[str, Any] = field(default_factory=dict)


def content(name: str, text: Any, expected: str | Unscored | None, *words: str, calls: int = 1, **given: Any) -> Fault:
    """Returns a fault in the content of a message. `given`: finish, usage, options, further fields of the message."""
    options = given.pop("options", {})
    return Fault(name, (Reply(completion(text, **given)),), expected, calls, words, options)


def body(name: str, sent: Any, expected: str | Unscored | None, *words: str, calls: int = 1, **given: Any) -> Fault:
    """Returns a fault in the body of a reply with HTTP status 200. `given`: options, and fields of Reply."""
    options = given.pop("options", {})
    return Fault(name, (Reply(sent, **given),), expected, calls, words, options)


def status(
    name: str, code: int, sent: Any, expected: str | Unscored | None, *words: str, calls: int = 1, **given: Any
) -> Fault:
    """Returns a fault with an HTTP status. `given`: options, and fields of Reply."""
    options = given.pop("options", {})
    return Fault(name, (Reply(sent, code, **given),), expected, calls, words, options)


def choice(**changes: Any) -> dict[str, Any]:
    """Returns a chat completion whose choice has these changes; None removes a field."""
    whole = completion()
    changed = whole["choices"][0] | changes
    return whole | {"choices": [{key: value for key, value in changed.items() if value is not None}]}
