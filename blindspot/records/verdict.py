"""What the verifier says of one rollout."""

from dataclasses import dataclass, field
from typing import Literal

Outcome = Literal["failure", "correct", "invalid", "unscored"]
OUTCOMES: tuple[Outcome, ...] = ("failure", "correct", "invalid", "unscored")
VALID: tuple[Outcome, ...] = ("failure", "correct")  # outcomes of a valid question


@dataclass(frozen=True)
class Verdict:
    """The outcome of a question and its answer.

    `reason` says why a question is invalid or, as a value of Unscored, could not be scored, else None; `message`
    explains the latter. `reference` is the true answer, None where there is none. `family` is the kind of question in
    the scenes grammar, None elsewhere. `raw`: the judge's replies as they came, in order.
    """

    outcome: Outcome
    verifier: str
    reason: str | None = None
    reference: str | None = None
    family: str | None = None
    message: str | None = None
    raw: tuple[str, ...] = field(default=(), compare=False, repr=False)
