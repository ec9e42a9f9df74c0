"""Gathers what a run spent on models, and what its budget left out."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from blindspot.records.spending import CALLS, ROLES, Spending, Stage, amount

#: What a role is called on the page.
TITLES = {"questioner": "served questioner", "taxonomy": "primitive extractor and skill namer"}

NONE = "–"


class Row(NamedTuple):
    """What a run spent on the models of a role. `calls`: by stage, in the order of `Spent.stages`.

    NONE stands for tokens of local models, and for an unknown price.
    """

    role: str
    calls: tuple[int, ...]
    input_tokens: str
    output_tokens: str
    usd: str


class Limit(NamedTuple):
    """A limit of the budget, what was spent of it, and what is left, as texts."""

    name: str
    spent: str
    left: str


class Cut(NamedTuple):
    """A stage that a limit ended, and what it did not do."""

    stage: str
    limit: str
    left_out: str


@dataclass(frozen=True)
class Spent:
    """What a run spent: by stage and role, of each limit, and where a limit ended a stage. `usd`: known prices."""

    stages: tuple[str, ...]
    rows: tuple[Row, ...]
    limits: tuple[Limit, ...]
    cuts: tuple[Cut, ...]
    usd: float = 0.0

    @property
    def has_tokens(self) -> bool:
        """Whether tokens of a served model were counted."""
        return any(row.input_tokens != NONE for row in self.rows)

    def calls(self, role: str) -> int:
        """Returns the calls of a role in all stages."""
        return sum(sum(row.calls) for row in self.rows if row.role == role)


def spent_in(stages: Mapping[str, Stage], limits: Mapping[str, float]) -> Spent:
    """Returns what the stages spent. `limits`: of the section budget, without those that are null."""
    total = sum((stage.spending for stage in stages.values()), Spending())
    counts = {name: float(total.calls[role]) for name, role in CALLS.items()}
    counts |= {"tokens": total.all_tokens, "usd": total.usd, "seconds": total.seconds}
    asked = {name: stage.spending for name, stage in stages.items() if any(stage.spending.calls.values())}
    return Spent(
        tuple(asked),
        tuple(_row(role, total, asked) for role in ROLES if total.calls[role] or any(total.of(role))),
        tuple(
            Limit(name, amount(name, counts[name], limit), amount(name, max(0.0, limit - counts[name])))
            for name, limit in limits.items()
        ),
        tuple(
            Cut(name, f"budget.{stage.ended_by}", stage.left_out or "")
            for name, stage in stages.items()
            if stage.ended_by
        ),
        total.usd,
    )


def _row(role: str, total: Spending, asked: Mapping[str, Spending]) -> Row:
    given, written = (f"{count:,.0f}" if any(total.of(role)) else NONE for count in total.of(role))
    usd = f"{price:,.2f}" if (price := total.usd_of(role)) else NONE
    calls = tuple(spending.calls[role] for spending in asked.values())
    return Row(TITLES.get(role, role), calls, given, written, usd)
