"""One question that a search asked, and what came of it."""

from dataclasses import dataclass

from blindspot.records.verdict import Outcome


@dataclass(frozen=True)
class Asked:
    """A question about an image, the candidate's answer, and what the verifier says of them, as in a verdict."""

    image_id: str
    question: str
    answer: str
    reference: str | None
    outcome: Outcome
    reason: str | None
