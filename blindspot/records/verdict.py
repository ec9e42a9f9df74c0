"""What the verifier says of one rollout."""

from dataclasses import dataclass
from typing import Literal

Outcome = Literal["failure", "correct", "invalid", "error"]
OUTCOMES: tuple[Outcome, ...] = ("failure", "correct", "invalid", "error")
VALID: tuple[Outcome, ...] = ("failure", "correct")  # outcomes of a valid question


@dataclass(frozen=True)
class Verdict:
    """The outcome of a question and its answer.

    `reason` says why a question is invalid or could not be judged, else None. `reference` is the true answer, None
    where there is none. `family` is the kind of question in the scenes grammar, None elsewhere.
    """

    outcome: Outcome
    verifier: str
    reason: str | None = None
    reference: str | None = None
    family: str | None = None
