"""A failure that was asked about again."""

from dataclasses import dataclass

from blindspot.records.verdict import Outcome

WAYS = ("sampled", "paraphrased", "rescaled")


@dataclass(frozen=True)
class Repeat:
    """What came of asking again, in one of WAYS; `round` counts a way's repeats from 1.

    `question` and `answer` are those of this time, and so are `outcome`, `reason`, `verifier` and `message`.
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
