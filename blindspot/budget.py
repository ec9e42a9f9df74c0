"""Counts what a search spends."""

import time

from blindspot.params import BudgetParams


class Meter:
    """What was spent of a budget, over all ranks; time runs from the start on.

    Attributes: `calls`, those of the candidate and of the judge, by the budget's names.
    """

    def __init__(self, budget: BudgetParams) -> None:
        self.calls = {"candidate_calls": 0, "judge_calls": 0}
        self._budget, self._start = budget, time.monotonic()

    def restore(self, spent: dict[str, float]) -> None:
        """Takes up what a search that was killed had spent."""
        self.calls = {name: int(spent[name]) for name in self.calls}
        self._start = time.monotonic() - spent["seconds"]

    def spend(self, candidate_calls: int, judge_calls: int) -> None:
        """Counts calls."""
        self.calls["candidate_calls"] += candidate_calls
        self.calls["judge_calls"] += judge_calls

    @property
    def spent(self) -> dict[str, float]:
        """By the budget's names."""
        return self.calls | {"seconds": time.monotonic() - self._start}

    def ended_by(self, questions: int = 1) -> str | None:
        """The limit that leaves no room for so many questions, as "candidate_calls 2,000"; None where none does."""
        spent = self.spent
        for name, limit in self._budget.model_dump(exclude_none=True).items():
            if spent[name] >= limit if name == "seconds" else spent[name] + questions > limit:
                return f"{name} {limit:,}"
        return None

    def room(self, questions: int) -> int:
        """How many of so many questions may still be asked."""
        return next((number for number in range(questions, 0, -1) if self.ended_by(number) is None), 0)
