"""Whether the questions of two sides of a comparison were judged by the same verifier.

A second judge is asked only about the failures of the first. The verdicts of a run without failures therefore may lack
its name.
"""

from blindspot.diff.side import Side

SECOND = " & "  # between the names of a judge and of the second judge


def is_judged_by(side: Side, verifier: str) -> bool:
    """Returns whether the verdicts of a side are those that a verifier with this identity gives."""
    own = max(side.verifiers, key=len, default="")
    failed = side.rows["outcome"].eq("failure").any()
    return own == verifier or bool(own and not failed and verifier.startswith(f"{own}{SECOND}"))


def are_judged_alike(old: Side, new: Side) -> bool:
    """Returns whether the verdicts of both sides can be compared."""
    return any(is_judged_by(one, max(other.verifiers, key=len, default="")) for one, other in ((old, new), (new, old)))


def names(side: Side) -> str:
    """Returns who judged a side."""
    return "; ".join(side.verifiers) or "the log"
