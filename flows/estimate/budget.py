"""Compares what a run needs at most with the limits of its budget."""

from collections.abc import Mapping, Sequence
from typing import Any

from blindspot.budget import DISCOVERY
from blindspot.confirmation import reserve_of
from blindspot.params import BudgetParams, VerifierParams
from blindspot.records.spending import CALLS, Reserve, amount, figure
from flows.estimate.judges import judge_calls, with_second_judge
from flows.estimate.parts import Part
from flows.estimate.served import uses

Amounts = dict[str, float]  # by the name of a limit


def budget_lines(values: Mapping[str, Any], rows: Sequence[Part], seconds: Amounts | None) -> list[str]:
    """Returns a line for each limit; none without limits.

    `seconds`: of explore and train ("discovery") and of the stages after them ("confirmation"); None if unknown.
    """
    limits = BudgetParams.model_validate(values["budget"]).model_dump(exclude_none=True)
    searched = [part for part in rows if part.name.startswith(("explore", "train"))]
    discovery, confirmation = needed(values, searched), needed_by(reserve_of(values))
    if seconds:
        discovery["seconds"], confirmation["seconds"] = seconds["discovery"], seconds["confirmation"]
    lines = [line(name, limit, discovery.get(name), confirmation.get(name)) for name, limit in limits.items()]
    return ["budget of the whole run:", *lines] if lines else []


def needed(values: Mapping[str, Any], rows: Sequence[Part]) -> Amounts:
    """Returns the most that parts of a run need."""
    verifier = VerifierParams(**values["verifier"])
    judges = with_second_judge(values, judge_calls(rows, verifier, values["verify"]["model"]))
    used = uses(values, rows, judges)
    return {
        "candidate_calls": sum(part.calls for part in rows),
        "judge_calls": sum(part.judged for part in rows),
        "questioner_calls": sum(use.calls for use in used if use.role == "questioner"),
        "tokens": sum(sum(use.tokens) for use in used),
        "usd": sum(use.price or 0.0 for use in used),
    }


def needed_by(reserve: Reserve) -> Amounts:
    """Returns the most that the confirmation needs, with the taxonomy, without repeats and prompt injections."""
    found: Amounts = {name: reserve.calls.get(role, 0) for name, role in CALLS.items()}
    tokens = {role: reserve.tokens.get(role, (0, 0)) for role in reserve.calls}
    found["tokens"] = sum(calls * sum(tokens[role]) for role, calls in reserve.calls.items())
    found["usd"] = sum(
        calls * count * price / 1e6
        for role, calls in reserve.calls.items()
        for count, price in zip(tokens[role], reserve.prices.get(role, (0.0, 0.0)), strict=True)
    )
    return found


def line(name: str, limit: float, discovery: float | None, confirmation: float | None) -> str:
    """Returns a line with a limit, what is needed at most, and what gets less. None: the need is unknown."""
    if discovery is None or confirmation is None:
        return f"  {amount(name, limit)}: what the run needs is unknown; --trial measures it"
    needs = discovery + confirmation
    if needs <= limit:
        return f"  {amount(name, limit)}: enough, the run needs {figure(name, needs)} at most"
    first = min(discovery, max(limit - confirmation, limit * DISCOVERY))
    parts = [
        f"{figure(name, first)} of {figure(name, discovery)} for explore and train",
        f"{figure(name, min(limit - first, confirmation))} of {figure(name, confirmation)} for the stages after them",
    ]
    return f"  {amount(name, limit)}: too little for all, at most {', '.join(parts)}"
