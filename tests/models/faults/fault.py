"""What a fault of a served model is: how its server replies, and how that must be read."""

from dataclasses import dataclass, field
from typing import Any

from blindspot.records.unscored import Unscored
from tests.models.fake_server import Reply, completion

KEY = "sk-planted-0123456789abcdef"
STOP = None  # the stage ends


@dataclass(frozen=True)
class Fault:
    """`replies`: to the attempts at one call; the last one is repeated. `calls`: attempts, with `retries: 1`.

    `expected`: the answer, the reason why there is none, or STOP. `words`: stand in the message or the error.
    """

    name: str
    replies: tuple[Reply, ...]
    expected: str | Unscored | None
    calls: int
    words: tuple[str, ...] = ()
    options: dict[str, Any] = field(default_factory=dict)


def said(name: str, content: Any, expected: str | Unscored | None, *words: str, calls: int = 1, **given: Any) -> Fault:
    """A chat completion with this content; `given`: finish, usage, options, further keys of the message."""
    options = given.pop("options", {})
    return Fault(name, (Reply(completion(content, **given)),), expected, calls, words, options)


def body(name: str, sent: Any, expected: str | Unscored | None, *words: str, calls: int = 1, **given: Any) -> Fault:
    """A reply with HTTP status 200 and this body; `given`: options, and fields of Reply."""
    options = given.pop("options", {})
    return Fault(name, (Reply(sent, **given),), expected, calls, words, options)


def status(
    name: str, code: int, sent: Any, expected: str | Unscored | None, *words: str, calls: int = 1, **given: Any
) -> Fault:
    """A reply with an HTTP status; `given`: options, and fields of Reply."""
    options = given.pop("options", {})
    return Fault(name, (Reply(sent, code, **given),), expected, calls, words, options)


def choice(**changes: Any) -> dict[str, Any]:
    """A chat completion whose choice has these keys in place of its own; None removes one."""
    made = completion()
    changed = made["choices"][0] | changes
    return made | {"choices": [{key: value for key, value in changed.items() if value is not None}]}
