"""What the stages of a run spend on models: calls, tokens and money."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

#: The limits of calls, and whose calls they count.
CALLS = {"candidate_calls": "candidate", "judge_calls": "judge", "questioner_calls": "questioner"}
UNITS = {"usd": "USD", "seconds": "s"}  # of limits, if not their names
ROLES = ("questioner", "candidate", "judge", "taxonomy")  # taxonomy: the extractor of primitives and the namer


class Paid(NamedTuple):
    """The tokens of a reply. The prices are in USD per million tokens."""

    role: str
    input_price: float
    output_price: float
    input: int = 0
    output: int = 0

    @property
    def kind(self) -> "Paid":
        """The role and the prices, without the tokens."""
        return Paid(*self[:3])


@dataclass(frozen=True)
class Spending:
    """What was spent. `calls`: by role. `tokens`: input and output, by role and prices. `seconds`: 0 if unknown."""

    calls: Counter[str] = field(default_factory=Counter)
    tokens: Mapping[Paid, tuple[int, int]] = field(default_factory=dict)
    seconds: float = 0.0

    def __add__(self, other: "Spending") -> "Spending":
        tokens = dict(self.tokens)
        for kind, (given, written) in other.tokens.items():
            known = tokens.get(kind, (0, 0))
            tokens[kind] = known[0] + given, known[1] + written
        return Spending(self.calls + other.calls, tokens, self.seconds + other.seconds)

    @property
    def all_tokens(self) -> int:
        """Input and output tokens of all roles."""
        return sum(map(sum, self.tokens.values()))

    @property
    def usd(self) -> float:
        """The price of all tokens."""
        return sum(self.usd_of(role) for role in ROLES)

    def usd_of(self, role: str) -> float:
        """Returns the price of the tokens of a role, in USD. The sum does not depend on the order of the calls."""
        own = sorted((kind, counts) for kind, counts in self.tokens.items() if kind.role == role)
        return sum(kind.input_price * given + kind.output_price * written for kind, (given, written) in own) / 1e6

    def of(self, role: str) -> tuple[float, float]:
        """Returns the input and output tokens of a role."""
        own = [counts for kind, counts in self.tokens.items() if kind.role == role]
        return sum(given for given, _ in own), sum(written for _, written in own)

    def to_json(self) -> dict[str, Any]:
        """Returns the spending as JSON has it."""
        rows = [[*kind[:3], *counts] for kind, counts in sorted(self.tokens.items())]
        seconds = {"seconds": self.seconds} if self.seconds else {}
        return {"calls": {role: count for role, count in self.calls.items() if count}, "tokens": rows} | seconds

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> "Spending":
        """Returns what `to_json` returned."""
        tokens = {Paid(*row[:3]): (row[3], row[4]) for row in value["tokens"]}
        return cls(Counter(value["calls"]), tokens, value.get("seconds", 0.0))


@dataclass(frozen=True)
class Stage:
    """What a stage spent. `ended_by`: the limit that ended it. `left_out`: what it did not do; None if complete."""

    spending: Spending
    ended_by: str | None = None
    left_out: str | None = None


class Reserve(NamedTuple):
    """What the confirmation of failure modes needs at most.

    `calls`: by role. `tokens`: input and output tokens of a call of each served role, as assumed. `prices`: USD per
    million input and output tokens, by role.
    """

    calls: Mapping[str, float]
    tokens: Mapping[str, tuple[float, float]]
    prices: Mapping[str, tuple[float, float]]


NOTHING_SPENT = Spending()
EMPTY_RESERVE = Reserve({}, {}, {})


def figure(name: str, value: float) -> str:
    """Returns a figure of what a limit counts, such as "1,200"; of money with cents."""
    return f"{value:,.2f}" if name == "usd" else f"{value:,.0f}"


def amount(name: str, spent: float, limit: float | None = None) -> str:
    """Returns an amount of what a limit counts, such as "1,200 of 2,000 candidate calls"."""
    of = f" of {figure(name, limit)}" if limit is not None else ""
    return f"{figure(name, spent)}{of} {UNITS.get(name, name.replace('_', ' '))}"
