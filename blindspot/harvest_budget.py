"""Decides how many of the questions of harvest fit into the budget, with their verdicts and the taxonomy."""

from collections.abc import Sequence
from typing import NamedTuple

from blindspot.budget import Meter
from blindspot.quotas import Quota
from blindspot.records.rollout import Rollout
from blindspot.records.spending import Reserve, Stage


class Planned(NamedTuple):
    """Questions that harvest would ask. `replies`: of a served questioner, for each of them."""

    questions: int
    replies: float = 0.0


class HarvestBudget:
    """Cuts all methods and quotas by the same share where the budget is too small for all of their questions."""

    def __init__(self, meter: Meter, reserve: Reserve) -> None:
        """`reserve`: of the whole confirmation, which shows how many calls the taxonomy needs for a question."""
        self.meter = meter
        self._limit: str | None = None
        self._read = reserve.calls.get("taxonomy", 0) / max(reserve.calls.get("candidate", 0), 1)
        self._asked = self._planned = 0

    def plan(self, *planned: Planned) -> float:
        """Returns the share of the planned questions that fits next to the verdicts on those that were asked."""
        questions = sum(one.questions for one in planned)
        replies = sum(one.questions * one.replies for one in planned)
        needs = self._confirming(questions) | {"candidate": questions, "questioner": replies}
        share, limit = self.meter.agreed(self.meter.share(needs, self._confirming(self._asked)))
        self._limit, self._planned = self._limit or limit, self._planned or questions
        return share

    def _confirming(self, questions: int) -> dict[str, float]:
        return {"judge": questions, "taxonomy": questions * self._read}

    def asked(self, questions: int) -> None:
        """Adds questions that were asked."""
        self._asked += questions

    def end(self, rollouts: Sequence[Rollout]) -> Stage:
        """Prints what was left out. Returns what harvest has spent, and the limit that ended it."""
        limit = self._limit or self.meter.agreed(self.meter.hard_limit())
        if limit is None or len(rollouts) >= self._planned:
            return self.meter.stage()
        left_out = f"{self._planned - len(rollouts):,} of {self._planned:,} questions"
        print(f"harvest: {left_out} are left out: budget.{limit}", flush=True)
        return self.meter.stage(limit, left_out)


def cut(calls: int, share: float) -> int:
    """Returns the calls of a method that fit; at least one."""
    return max(1, int(calls * share))


def cut_quotas(quotas: Sequence[Quota], share: float) -> list[Quota]:
    """Returns the quotas with the questions that fit."""
    return [Quota(one.mode, int(one.valid * share), int(one.asked * share)) for one in quotas]
