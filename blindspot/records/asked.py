"""One question that a search asked, and what came of it."""

from dataclasses import dataclass

from blindspot.records.verdict import Outcome, Verdict


@dataclass(frozen=True)
class Asked:
    """A question about an image, the candidate's answer, and what the verifier says of them, as in a verdict."""

    image_id: str
    question: str
    answer: str
    reference: str | None
    outcome: Outcome
    reason: str | None
    message: str | None = None


def asked_of(image_id: str, question: str, answer: str, verdict: Verdict) -> Asked:
    """The record of a question that was answered and judged."""
    return Asked(image_id, question, answer, verdict.reference, verdict.outcome, verdict.reason, verdict.message)
