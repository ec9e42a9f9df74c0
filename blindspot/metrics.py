"""Rates of outcomes, in the project's one sense of each word."""

from collections import Counter
from collections.abc import Sequence

from blindspot.records.verdict import Outcome


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
        "failure_rate": _share(count["failure"], judged),
        "valid_rate": _share(valid, judged),
        "wrong_rate": _share(count["failure"], valid),
        "error_rate": _share(count["error"], len(outcomes)),
        "largest_family_share": _share(max(known.values()), len(failed)) if known else None,
    }


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None
