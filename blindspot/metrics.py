"""Rates of outcomes, in the project's one sense of each word."""

import math
from collections import Counter
from collections.abc import Sequence
from typing import Protocol

from blindspot.errors import BlindspotError
from blindspot.records.unscored import Unscored
from blindspot.records.verdict import Outcome

NAMED = 5  # reasons in an error
FIXES = {  # how to get a score where most questions have none
    Unscored.CUT_OFF: "raise candidate.max_new_tokens or verifier.max_new_tokens",
    Unscored.UNFINISHED_THOUGHT: "raise max_new_tokens, or switch thinking off (chat_template_kwargs, extra)",
    Unscored.THOUGHT_ONLY: "raise max_new_tokens, or switch thinking off (chat_template_kwargs, extra)",
    Unscored.SERVER_ERROR: "fix what the server says",
    Unscored.TIMEOUT: "raise timeout, or lower concurrency, in the endpoint file",
    Unscored.NO_CONNECTION: "start the server, or fix base_url in the endpoint file",
    Unscored.UNREADABLE: "fix base_url in the endpoint file",
    Unscored.JUDGEMENT_NOT_UNDERSTOOD: "choose a judge that writes the JSON it is asked for",
    Unscored.ANSWER_NOT_UNDERSTOOD: "choose verifier.kind: vlm, which reads free answers",
}

PERSISTENT = 0.5  # a failure persists where more than this share of its repeats fail again


def rates(outcomes: Sequence[Outcome], families: Sequence[str | None]) -> dict[str, float | int | None]:
    """Counts and rates of one method's verdicts; a rate whose denominator is 0 is None.

    `failure_rate` = failures ÷ (failures + correct + invalid), `valid_rate` = (failures + correct) ÷ the same,
    `error_rate` = failures ÷ (failures + correct), `unscored_rate` = unscored ÷ asked, and `largest_family_share` =
    the most frequent family's share of the failures, None where no failure has a family.
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
    """`part` ÷ `whole`, None where that is 0."""
    return part / whole if whole else None


def interval(part: int, whole: int, spread: float = 1.0) -> tuple[float, float]:
    """Wilson's 95 % interval of a share; (0, 1) where there is nothing.

    `spread`: by how much its variance is wider than a simple random sample's.
    """
    from scipy.stats import norm

    if whole == 0:
        return 0.0, 1.0
    number, z = whole / spread, norm.ppf(0.975)
    share, weight = part / whole, 1 / (1 + z**2 / number)
    middle = weight * (share + z**2 / (2 * number))
    half = weight * z * math.sqrt(share * (1 - share) / number + z**2 / (4 * number**2))
    # Within rounding the share itself may lie outside, where it is 0 or 1.
    return max(0.0, min(share, float(middle - half))), min(1.0, max(share, float(middle + half)))


def unscored(outcomes: Sequence[Outcome], reasons: Sequence[object]) -> Counter[str]:
    """How many questions have no score, by reason, the most frequent first."""
    found = [str(reason) for outcome, reason in zip(outcomes, reasons, strict=True) if outcome == "unscored"]
    return Counter(dict(Counter(found).most_common()))


class Scored(Protocol):
    """A row of anything that was judged. Frames give NaN for a reason or message that is absent."""

    @property
    def outcome(self) -> Outcome:
        """As in a verdict."""

    @property
    def reason(self) -> object:
        """As in a verdict."""

    @property
    def message(self) -> object:
        """As in a verdict."""


def refuse_unscored(rows: Sequence[Scored], limit: float, what: str, fix: str = "") -> None:
    """Raises BlindspotError where more than `limit` of `what` have no score: any rate of the rest would mislead.

    The error names the reasons, the first message of each, and how to fix the most frequent one.
    """
    often = unscored([row.outcome for row in rows], [row.reason for row in rows])
    if often.total() <= limit * len(rows):
        return
    first: dict[str, str] = {}
    for row in rows:
        if row.outcome == "unscored" and isinstance(row.message, str):
            first.setdefault(str(row.reason), f" ({row.message})")
    named = [f"{reason} × {count}{first.get(reason, '')}" for reason, count in often.items()]
    advice = FIXES.get(Unscored(next(iter(often))), "fix the candidate or the verifier")
    raise BlindspotError(
        f"{often.total()} of {len(rows)} {what} have no score: {', '.join(named[:NAMED])}",
        f"{advice}, {fix}" if fix else advice,
    )
