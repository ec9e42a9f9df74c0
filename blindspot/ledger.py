"""Counts what all ranks of a stage spend on models, after what earlier stages have spent."""

import time
from collections import Counter
from collections.abc import Mapping
from typing import Any

from blindspot.records.spending import CALLS, Paid, Spending


class Ledger:
    """Counts calls, tokens and time. The time starts with the instance.

    A call of the candidate is a question, a call of the judge a judged rollout, and a call of any other role a reply.
    They count whether or not the reply is stored. The tokens of a reply count once in a stage, also if it is stored.
    Each rank counts its own calls, until `sync` gives all ranks the same counts.
    """

    def __init__(self, before: Spending, ranks: int) -> None:
        """`before`: spent by earlier stages."""
        self._before = before
        self._equal_part = self._part = 1 / ranks
        self._calls, self._own_calls = Counter[str](), Counter[str]()
        self._paid, self._own_paid = dict[str, Paid](), list[str]()
        self._tokens: dict[Paid, list[int]] = {}  # by role and prices
        self._start = time.monotonic()
        self._agreed = self.spent

    @property
    def calls(self) -> dict[str, int]:
        """The calls of this stage, by the names of the limits."""
        return {name: self._calls[role] for name, role in CALLS.items()}

    @property
    def spent(self) -> dict[str, float]:
        """What the run has spent so far, by the names of the limits."""
        total = self.total
        counted = {name: float(total.calls[role]) for name, role in CALLS.items()}
        return counted | {"tokens": total.all_tokens, "usd": total.usd, "seconds": total.seconds}

    @property
    def spending(self) -> Spending:
        """What this stage has spent."""
        tokens = {kind: (counts[0], counts[1]) for kind, counts in self._tokens.items()}
        return Spending(Counter(self._calls), tokens, self._seconds)

    @property
    def total(self) -> Spending:
        """What the run has spent so far."""
        return self._before + self.spending

    @property
    def _seconds(self) -> float:
        return time.monotonic() - self._start

    def spend(self, candidate_calls: int, judge_calls: int) -> None:
        """Adds calls of this rank."""
        self.count("candidate", candidate_calls)
        self.count("judge", judge_calls)

    def count(self, role: str, calls: int) -> None:
        """Adds calls of this rank."""
        self._calls[role] += calls
        self._own_calls[role] += calls

    def pay(self, key: str, paid: Paid) -> None:
        """Adds the tokens of a reply. `key`: of its request; a second reply to it costs nothing."""
        if key not in self._paid:
            self._add(key, paid)
            self._own_paid.append(key)

    def _add(self, key: str, paid: Paid) -> None:
        self._paid[key] = paid
        counts = self._tokens.setdefault(paid.kind, [0, 0])
        counts[0] += paid.input
        counts[1] += paid.output

    def sync(self) -> None:
        """Gives all ranks the counts of all ranks, which all must call it."""
        from accelerate.utils import gather_object

        own = self._own_calls, {key: self._paid[key] for key in self._own_paid}
        self._calls -= Counter(self._own_calls)
        for calls, paid in gather_object([own]):
            self._calls.update(calls)
            for key, one in paid.items():
                if key not in self._paid:
                    self._add(key, Paid(*one))
        self._own_calls, self._own_paid = Counter(), []
        self._agreed, self._part = self.spent, self._equal_part

    def take_part(self, own: int, all_ranks: int) -> None:
        """Gives this rank its part of what is left until the next `sync`: it makes `own` of the calls of all ranks."""
        self._part = own / all_ranks if all_ranks else self._equal_part

    def state(self, payments: int = 0) -> dict[str, Any]:
        """Returns what an interrupted stage continues with, as JSON has it, without the first so many payments."""
        paid = dict([*self._paid.items()][payments:])
        return {"calls": dict(self._calls), "paid": paid, "seconds": self._seconds}

    def restore(self, state: Mapping[str, Any]) -> None:
        """Continues with what an interrupted stage had spent, the same on all ranks."""
        self._calls = Counter(state["calls"])
        self.restore_paid(state)
        self._own_calls, self._own_paid = Counter(), []
        self._agreed = self.spent

    @property
    def payments(self) -> int:
        """The number of replies whose tokens were counted."""
        return len(self._paid)

    def restore_paid(self, state: Mapping[str, Any]) -> None:
        """Counts the payments that `state` names, and continues its time."""
        for key, paid in state["paid"].items():
            self.pay(key, Paid(*paid))
        self._start = min(self._start, time.monotonic() - state["seconds"])
