"""Counts the calls and the time that a search spends."""

import time

from blindspot.params import BudgetParams


class Meter:
    """Counts what all ranks together spend of a budget. The time starts with the instance.

    Attributes:
        calls: the calls of the candidate and of the judge, by the names of the budget.
    """

    def __init__(self, budget: BudgetParams) -> None:
        self.calls = {"candidate_calls": 0, "judge_calls": 0}
        self._budget, self._start = budget, time.monotonic()

    def restore(self, spent: dict[str, float]) -> None:
        """Continues with what an interrupted search had spent."""
        self.calls = {name: int(spent[name]) for name in self.calls}
        self._start = time.monotonic() - spent["seconds"]

    def spend(self, candidate_calls: int, judge_calls: int) -> None:
        """Adds calls."""
        self.calls["candidate_calls"] += candidate_calls
        self.calls["judge_calls"] += judge_calls

    @property
    def spent(self) -> dict[str, float]:
        """What was spent so far: calls and seconds, by the names of the budget."""
        return self.calls | {"seconds": time.monotonic() - self._start}

    def ended_by(self, questions: int = 1) -> str | None:
        """Returns the limit that so many more questions would exceed, such as "candidate_calls 2,000", or None."""
        spent = self.spent
        for name, limit in self._budget.model_dump(exclude_none=True).items():
            if spent[name] >= limit if name == "seconds" else spent[name] + questions > limit:
                return f"{name} {limit:,}"
        return None

    def room(self, questions: int) -> int:
        """Returns how many of `questions` can still be asked."""
        return next((number for number in range(questions, 0, -1) if self.ended_by(number) is None), 0)
