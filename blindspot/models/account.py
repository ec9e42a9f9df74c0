"""Charges the replies of a served model to the budget of the run."""

import json
import os
from typing import Any

from blindspot.budget import Meter
from blindspot.models.call_errors import Stop
from blindspot.models.description import Server
from blindspot.records.spending import Paid

Usage = tuple[int, int]  # input and output tokens of a reply
KEY = 16  # characters of the key of a request that identify it in a run
COUNTED = ("questioner", "taxonomy")  # roles whose calls are replies; the stages count those of the others


class Account:
    """What the replies of a served model in one role are charged to. Without a meter, nothing is counted."""

    def __init__(self, meter: Meter | None, role: str, server: Server | None = None) -> None:
        """`role`: one of `records.spending.ROLES`. `server`: whose prices count."""
        prices = (server.input_price or 0.0, server.output_price or 0.0) if server else (0.0, 0.0)
        self._meter, self._role, self._kind = meter, role, Paid(role, *prices)
        self._lost, self._rank = 0, os.environ.get("RANK", "0")

    def admit(self, calls: int) -> int:
        """Returns how many of so many calls may be made, and counts them."""
        return self._meter.admit(self._role, calls) if self._meter and self._role in COUNTED else calls

    def is_over(self) -> bool:
        """Whether no further call may start."""
        return self._meter is not None and self._meter.is_over()

    def pay(self, key: str, usage: Usage | None) -> None:
        """Counts the tokens of a reply to the request with this key. Raises Stop if they are unknown and limited."""
        if self._meter is None:
            return
        if usage is None and self._meter.needs_tokens:
            problem = "the server does not count tokens, so budget.tokens and budget.usd cannot be enforced"
            raise Stop(problem, "set both to null")
        if usage:
            self._meter.pay(key[:KEY], self._kind._replace(input=usage[0], output=usage[1]))

    def pay_stored(self, key: str, stored: str) -> None:
        """Counts the tokens of a stored reply as when it arrived; none if an earlier version stored it."""
        if self._meter and (usage := json.loads(stored).get("usage")):
            self.pay(key, (usage[0], usage[1]))

    def lose(self, usage: Usage | None) -> None:
        """Counts the tokens of a reply that is not stored, so that another reply to its request costs again."""
        self._lost += 1
        self.pay(f"{self._role} {self._rank} {self._lost}", usage)


def usage_of(counts: object) -> Usage | None:
    """Returns the input and output tokens in the field usage of a chat completion, or None if it has none.

    If the server sends only the total, all tokens are output, which is not cheaper.
    """
    known = counts if isinstance(counts, dict) else {}
    given, written, total = (_number(known.get(f"{name}_tokens")) for name in ("prompt", "completion", "total"))
    if total is not None:
        return (given, max(0, total - given)) if given is not None else (0, total)
    return None if given is None or written is None else (given, written)


def _number(count: Any) -> int | None:
    """Returns a count, which may have any type; None if it is no number."""
    try:
        return max(0, int(count))
    except (TypeError, ValueError, OverflowError):
        return None
