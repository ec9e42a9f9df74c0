"""The verdict on one rollout, and the further verdicts of an audit and of repeats."""

from dataclasses import dataclass, field
from typing import Literal

Outcome = Literal["failure", "correct", "invalid", "unscored"]
OUTCOMES: tuple[Outcome, ...] = ("failure", "correct", "invalid", "unscored")
VALID: tuple[Outcome, ...] = ("failure", "correct")  # outcomes of a valid question
WAYS = ("sampled", "paraphrased", "rescaled")  # how a repeat differs from the first call


@dataclass(frozen=True)
class Verdict:
    """The outcome of a rollout according to the verifier.

    `reason`: why the question is invalid, or a value of Unscored; None for the other outcomes. `message`: details of
    an unscored outcome, or the start of a questioner's reply that has no question. `reference`: the true answer; None
    if there is none. `family`: the question's family in the scenes grammar; None outside of the grammar. `raw`: the
    judge's unprocessed replies, in order.
    """

    outcome: Outcome
    verifier: str
    reason: str | None = None
    reference: str | None = None
    family: str | None = None
    message: str | None = None
    raw: tuple[str, ...] = field(default=(), compare=False, repr=False)


@dataclass(frozen=True)
class Audited:
    """The outcomes of one rollout according to the verifier and to the auditor.

    `judged`: the outcome according to `verifier`. `audited`: the outcome according to `auditor`; "unscored" if the
    auditor cannot decide, None if the rollout has not been audited. `mode_id`: the failure mode for whose quota the
    question was asked, None for other methods.
    """

    rollout_id: str
    method: str
    image_id: str
    question: str
    answer: str
    judged: Outcome
    verifier: str
    audited: Outcome | None
    auditor: str
    mode_id: str | None = None


@dataclass(frozen=True)
class Repeat:
    """The outcome of asking the question of a failure again.

    `rollout_id`: the failure. `way`: one of WAYS. `round`: the number of the repeat within its way, from 1. The other
    fields are those of the repeat, not of the failure.
    """

    rollout_id: str
    way: str
    round: int
    question: str
    answer: str
    outcome: Outcome
    reason: str | None
    verifier: str
    message: str | None = None
