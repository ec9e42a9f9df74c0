"""Computes rates of outcomes, as the glossary defines them, and formats them."""

import math
from collections import Counter
from collections.abc import Sequence
from typing import Protocol

import numpy as np
import numpy.typing as npt

from blindspot.errors import BlindspotError
from blindspot.records.unscored import Unscored
from blindspot.records.verdict import Outcome

NAMED = 5  # reasons in an error message
FIXES: dict[str, str] = {  # by the most frequent reason of unscored questions
    Unscored.CUT_OFF: "raise candidate.max_new_tokens or verifier.max_new_tokens",
    Unscored.UNFINISHED_THOUGHT: "raise max_new_tokens, or disable thinking (chat_template_kwargs, extra)",
    Unscored.THOUGHT_ONLY: "raise max_new_tokens, or disable thinking (chat_template_kwargs, extra)",
    Unscored.SERVER_ERROR: "fix the problem that the server reports",
    Unscored.TIMEOUT: "raise timeout, or lower concurrency, in the endpoint file",
    Unscored.NO_CONNECTION: "start the server, or fix base_url in the endpoint file",
    Unscored.UNREADABLE: "fix base_url in the endpoint file",
    Unscored.JUDGEMENT_NOT_UNDERSTOOD: "use a judge that replies with the requested JSON",
    Unscored.PICTURE_REFUSED: "leave such pictures out of prepare, or name another model",
    Unscored.ANSWER_NOT_UNDERSTOOD: "set verifier.kind: vlm, which reads free-form answers",
}

Mask = npt.NDArray[np.bool_]
PERSISTENT = 0.5  # a failure persists if more than this share of its repeats fail again


def percent(share: float) -> str:
    """Returns a share as a percentage: 0.0123 is "1.2 %", from ten up without decimals. The space does not break."""
    return f"{share * 100:.1f}\u00a0%" if 0 < share < 0.0995 else f"{share * 100:.0f}\u00a0%"


def jaccard(one: Mask, other: Mask) -> float:
    """Returns the Jaccard index of two sets, given as masks: members of both ÷ members of either, 0 where none is."""
    return float((one & other).sum() / max((one | other).sum(), 1))


def rates(outcomes: Sequence[Outcome], families: Sequence[str | None]) -> dict[str, float | int | None]:
    """Returns the counts and rates of one method's verdicts. A rate whose denominator is 0 is None.

    failure_rate = failures ÷ (failures + correct + invalid)
    valid_rate = (failures + correct) ÷ (failures + correct + invalid)
    error_rate = failures ÷ (failures + correct)
    unscored_rate = unscored ÷ asked
    largest_family_share = share of the most frequent family in the failures, None if no failure has a family
    """
    count = Counter(outcomes)
    valid = count["failure"] + count["correct"]
    judged = valid + count["invalid"]
    failed = [family for outcome, family in zip(outcomes, families, strict=True) if outcome == "failure"]
    known = Counter(family for family in failed if family is not None)
    return {
        "asked": len(outcomes),
        "failures": count["failure"],
        "correct": count["correct"],
        "invalid": count["invalid"],
        "unscored": count["unscored"],
        "failure_rate": share(count["failure"], judged),
        "valid_rate": share(valid, judged),
        "error_rate": share(count["failure"], valid),
        "unscored_rate": share(count["unscored"], len(outcomes)),
        "largest_family_share": share(max(known.values()), len(failed)) if known else None,
    }


def share(part: int, whole: int) -> float | None:
    """Returns `part` ÷ `whole`, or None if `whole` is 0."""
    return part / whole if whole else None


def interval(part: int, whole: int, spread: float = 1.0) -> tuple[float, float]:
    """Returns the 95 % interval of a share by Wilson (1927), or (0, 1) if `whole` is 0.

    `spread`: the variance of the share, relative to that of a simple random sample.
    """
    from scipy.stats import norm

    if whole == 0:
        return 0.0, 1.0
    number, z = whole / spread, norm.ppf(0.975)
    share, weight = part / whole, 1 / (1 + z**2 / number)
    middle = weight * (share + z**2 / (2 * number))
    half = weight * z * math.sqrt(share * (1 - share) / number + z**2 / (4 * number**2))
    # By rounding, a share of 0 or 1 may lie outside its interval.
    return max(0.0, min(share, float(middle - half))), min(1.0, max(share, float(middle + half)))


def unscored(outcomes: Sequence[Outcome], reasons: Sequence[object]) -> Counter[str]:
    """Returns the number of unscored questions by reason, the most frequent first."""
    unscored_reasons = [
        str(reason) for outcome, reason in zip(outcomes, reasons, strict=True) if outcome == "unscored"
    ]
    return Counter(dict(Counter(unscored_reasons).most_common()))


class Scored(Protocol):
    """A judged row. A missing reason or message is None, or NaN in a frame."""

    @property
    def outcome(self) -> Outcome:
        """That of the verdict."""

    @property
    def reason(self) -> object:
        """That of the verdict."""

    @property
    def message(self) -> object:
        """That of the verdict."""


def refuse_unscored(rows: Sequence[Scored], limit: float, what: str, fix: str = "") -> None:
    """Raises BlindspotError if the share of unscored rows exceeds `limit`: rates of the others would mislead.

    Rows for which the budget had nothing left do not count. The error names the reasons, the first message of each,
    and a fix for the most frequent one, followed by `fix`.
    `what`: the name of the rows in the error.
    """
    rows = [row for row in rows if row.reason != Unscored.BUDGET]  # not asked: the rates of the others hold
    counts = unscored([row.outcome for row in rows], [row.reason for row in rows])
    if counts.total() <= limit * len(rows):
        return
    first: dict[str, str] = {}
    for row in rows:
        if row.outcome == "unscored" and isinstance(row.message, str):
            first.setdefault(str(row.reason), f" ({row.message})")
    named = [f"{reason} × {count}{first.get(reason, '')}" for reason, count in counts.items()]
    advice = FIXES.get(next(iter(counts)), "fix the candidate or the verifier")
    raise BlindspotError(
        f"{counts.total()} of {len(rows)} {what} are unscored: {', '.join(named[:NAMED])}",
        f"{advice}, {fix}" if fix else advice,
    )
