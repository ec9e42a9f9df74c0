"""Rates of outcomes, in the project's one sense of each word."""

import math
from collections import Counter
from collections.abc import Sequence

from blindspot.errors import BlindspotError
from blindspot.records.verdict import Outcome

PERSISTENT = 0.5  # a failure persists where more than this share of its repeats fail again


def rates(outcomes: Sequence[Outcome], families: Sequence[str | None]) -> dict[str, float | int | None]:
    """Counts and rates of one method's verdicts; a rate whose denominator is 0 is None.

    `failure_rate` = failures ÷ (failures + correct + invalid), `valid_rate` = (failures + correct) ÷ the same,
    `wrong_rate` = failures ÷ (failures + correct), `error_rate` = errors ÷ asked, and `largest_family_share` = the
    most frequent family's share of the failures, None where no failure has a family.
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
        "errors": count["error"],
        "failure_rate": share(count["failure"], judged),
        "valid_rate": share(valid, judged),
        "wrong_rate": share(count["failure"], valid),
        "error_rate": share(count["error"], len(outcomes)),
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


def refuse_errors(outcomes: Sequence[Outcome], reasons: Sequence[object], limit: float, what: str, mend: str) -> None:
    """Raises BlindspotError where more than `limit` of `what` are errors: any rate of the rest would mislead."""
    often = Counter(str(reason) for outcome, reason in zip(outcomes, reasons, strict=True) if outcome == "error")
    if often.total() > limit * len(outcomes):
        named = ", ".join(f"{reason} × {count}" for reason, count in often.most_common(5))
        raise BlindspotError(f"{often.total()} of {len(outcomes)} {what} end in an error ({named[:200]})", mend)
