"""Counts the calls of each judge."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from blindspot.models.description import Nothing, describe
from blindspot.params import VERIFIERS, VerifierParams
from flows.estimate.parts import Part


def judge_calls(rows: Sequence[Part], verifier: VerifierParams, stronger: str) -> Counter[str]:
    """Returns the most calls of each judge but the confirming one; none if no judge decides.

    A judge is called twice per answer and vote, and once per invalid question. `stronger`: verify.model, the judge of
    all parts except explore and train, unless it names no model.
    """
    calls: Counter[str] = Counter()
    if verifier.kind != "vlm":
        return calls
    later = verifier.model if isinstance(describe(stronger), Nothing) else stronger
    for part in rows:
        judge = later if part.name.startswith("verify") else verifier.model
        calls[judge] += 2 * verifier.votes * part.judged
    return calls


def with_second_judge(values: Mapping[str, Any], calls: Mapping[str, int]) -> dict[str, int]:
    """Returns the most calls of all judges: the confirming judge judges at most as often as the others."""
    name, found = values["verifier"]["confirming_judge"], dict(calls)
    if calls and not isinstance(describe(name), Nothing):
        found[name] = found.get(name, 0) + sum(calls.values())
    return found


def judge_line(calls: Mapping[str, int], verifier: VerifierParams) -> str:
    """Returns a line with the calls and tokens of each judge."""
    if verifier.kind not in VERIFIERS:
        return f"judge: {verifier.kind}, at an unknown cost"
    if verifier.kind == "oracle":
        return "judge: the oracle, without cost"
    if verifier.kind == "reference":
        asked = "" if isinstance(describe(verifier.model), Nothing) else f"; {verifier.model} where texts differ"
        return f"judge: none, answers are compared with the true answers{asked}"
    costs = [
        f"{judge}, {count:,} calls and {count * verifier.max_new_tokens:,} tokens" for judge, count in calls.items()
    ]
    return f"judge: {'; '.join(costs)} at most"
