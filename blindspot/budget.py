"""Says when a run has spent a limit of the section budget."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TypeVar

from blindspot.ledger import Ledger
from blindspot.params import BudgetParams
from blindspot.records.spending import CALLS, EMPTY_RESERVE, NOTHING_SPENT, Reserve, Spending, Stage, amount
from blindspot.tracking import current_recorder

#: Share of each limit that explore and train may spend, however much the confirmation of failure modes needs.
DISCOVERY = 1 / 3
ENOUGH = 20  # calls of a role from which their mean number of tokens is used in place of an assumption
SHOWN = 0.1  # share of a limit after which the spending is shown again

Needs = Mapping[str, float]  # further calls, by role
Found = TypeVar("Found")


class Meter(Ledger):
    """Says what is left of the budget of a run. The time starts with the instance."""

    def __init__(
        self,
        budget: BudgetParams,
        before: Spending = NOTHING_SPENT,
        reserve: Reserve = EMPTY_RESERVE,
        ranks: int = 1,
    ) -> None:
        """`before`: spent by earlier stages. `reserve`: what later stages need, which this one leaves."""
        super().__init__(before, ranks)
        self._limits, self._reserve = budget.model_dump(exclude_none=True), reserve
        self._shown = dict[str, float]()

    @property
    def is_limited(self) -> bool:
        """Whether there is any limit."""
        return bool(self._limits)

    @property
    def needs_tokens(self) -> bool:
        """Whether a limit cannot be kept without the tokens of each reply."""
        return not self._limits.keys().isdisjoint({"tokens", "usd"})

    def agreed(self, found: Found) -> Found:
        """Returns what the first rank found, on all ranks: their clocks differ."""
        from accelerate.utils import broadcast_object_list

        agreed: Found = broadcast_object_list([found])[0]
        return agreed

    def is_over(self) -> bool:
        """Whether no further call of a model may start."""
        return bool(self._limits) and self.hard_limit() is not None

    def hard_limit(self) -> str | None:
        """Returns the limit of tokens, money or time that is reached, None if this rank may make further calls."""
        spent = self.spent
        for name, limit in self._limits.items():
            part = 1.0 if name == "seconds" else self._part
            if name not in CALLS and spent[name] - self._agreed[name] >= (limit - self._agreed[name]) * part:
                return f"{name} {limit:,}"
        return None

    def admit(self, role: str, calls: int) -> int:
        """Returns how many of `calls` calls of a role this rank may make, and counts them."""
        name = next((name for name, of in CALLS.items() if of == role), "")
        if name in self._limits:
            left = (self._limits[name] - self._agreed[name]) * self._part - self._own_calls[role]
            calls = max(0, min(calls, int(left)))
        self.count(role, calls)
        return calls

    def ended_by(self, questions: int = 1) -> str | None:
        """Returns the limit that so many more questions would exceed, such as "candidate_calls 2,000", or None."""
        return self.exceeded({"candidate": questions, "judge": questions})

    def exceeded(self, needs: Needs) -> str | None:
        """Returns the limit that further calls would exceed, or whose rest is reserved for later stages, or None."""
        spent = self.spent
        for name, limit in self._limits.items():
            rest = self._allowed(name) - spent[name]
            if rest <= 0 if name == "seconds" else self._cost(name, needs) > rest:
                return f"{name} {limit:,}"
        return None

    def room(self, questions: int, needs: Needs | None = None) -> int:
        """Returns how many of `questions` can still be asked. `needs`: calls for each; one of candidate and judge."""
        each = {"candidate": 1.0, "judge": 1.0} if needs is None else needs
        low, high = 0, questions
        while low < high:
            middle = (low + high + 1) // 2
            fits = self.exceeded({role: calls * middle for role, calls in each.items()}) is None
            low, high = (middle, high) if fits else (low, middle - 1)
        return low

    def share(self, needs: Needs, fixed: Needs) -> tuple[float, str | None]:
        """Returns the share of further calls, 0 to 1, that fits, and the limit that cuts them, or None.

        `fixed`: calls that are needed besides. Nothing is reserved for later stages.
        """
        spent, shares = self.spent, dict[str, float]()
        for name, limit in self._limits.items():
            left = limit - spent[name] - self._cost(name, fixed)
            if (cost := self._cost(name, needs)) > left:
                shares[f"{name} {limit:,}"] = max(0.0, left) / cost
        least = min(shares, key=lambda limit: shares[limit], default=None)
        return (1.0, None) if least is None else (shares[least], least)

    def _allowed(self, name: str) -> float:
        """Returns how much the run may have spent after this stage."""
        limit = float(self._limits[name])
        reserved = self._cost(name, self._reserve.calls)
        return max(limit - reserved, limit * DISCOVERY) if reserved else limit

    def _cost(self, name: str, needs: Needs) -> float:
        """Returns what further calls cost, in units of a limit; money and tokens by the mean of earlier calls."""
        if name in CALLS:
            return float(needs.get(CALLS[name], 0))
        if name == "seconds":
            return needs.get("candidate", 0) * self._pace()
        total, cost = self.total, 0.0
        for role, calls in needs.items():
            given, written = total.of(role)
            if total.calls[role] >= ENOUGH and given + written:
                given, written = given / total.calls[role], written / total.calls[role]
            else:
                given, written = self._reserve.tokens.get(role, (0, 0))
            prices = self._reserve.prices.get(role, (0.0, 0.0)) if name == "usd" else (1e6, 1e6)
            cost += calls * (given * prices[0] + written * prices[1]) / 1e6
        return cost

    def _pace(self) -> float:
        """Returns the seconds of a question, as measured in earlier stages, else in this one; 0 if unknown."""
        if asked := self._before.calls["candidate"]:
            return self._before.seconds / asked
        return self._seconds / self._calls["candidate"] if self._calls["candidate"] else 0.0

    def line(self) -> str:
        """Returns what is spent of each limit, such as "1,200 of 2,000 candidate calls, 0.31 of 2.00 USD"."""
        spent = self.spent
        return ", ".join(amount(name, spent[name], limit) for name, limit in self._limits.items())

    def show(self, print_: Callable[[str], object] = print, always: bool = False) -> None:
        """Prints what is spent, and records it in MLflow, whenever another SHOWN of a limit is spent."""
        spent = self.spent
        parts = {name: spent[name] / limit for name, limit in self._limits.items()}
        if not parts or not (always or any(part >= self._shown.get(name, 0) + SHOWN for name, part in parts.items())):
            return
        self._shown = parts
        print_(f"budget: {self.line()}")
        if recorder := current_recorder():
            figures = {f"budget/{name}": spent[name] for name in self._limits}
            recorder.log_metrics(figures, step=int(spent["candidate_calls"]))

    def stage(self, limit: str | None = None, left_out: str | None = None) -> Stage:
        """Returns the entry of this stage in the spending of the run. `limit`: that ended the stage.

        Without budget.seconds, the time is left out, because it differs in each run.
        """
        own = self.spending if "seconds" in self._limits else replace(self.spending, seconds=0.0)
        return Stage(own, limit, left_out if limit else None)
