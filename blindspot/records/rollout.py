"""A question and an answer about one image, before and after verification."""

from dataclasses import dataclass, field

from blindspot.records.verdict import Outcome, Verdict

METHODS = ("trained", "base", "templates")  # compared at equal numbers of questions
QUOTA = "quota"  # questions of the base that are asked to confirm a failure mode
NOT_ASKED = ""  # the candidate of a rollout without a question


@dataclass(frozen=True)
class Rollout:
    """A question about one image and the candidate's answer.

    `method`: who asked: the trained questioner, the untrained base, the uniform templates, or the base for a QUOTA.
    `mode_id`: the failure mode for whose quota it was asked, None for any other method. `questioner`,
    `candidate`: the name of the model and the digest of its weights; NOT_ASKED if the questioner's reply has no
    question. `error`: why there is no question; or why there is no answer, a value of Unscored; None if the rollout
    can be verified. `message`: details of the error. `target`: the features that the question was asked or chosen for,
    empty for any question. `raw`: the candidate's unprocessed output.
    """

    rollout_id: str
    method: str
    image_id: str
    question: str
    answer: str
    questioner: str
    candidate: str
    error: str | None = None
    message: str | None = None
    mode_id: str | None = None
    target: tuple[str, ...] = ()
    raw: str = field(default="", compare=False, repr=False)


@dataclass(frozen=True)
class Asked:
    """A question that a search asked, the candidate's answer, and the verdict (its fields are those of Verdict)."""

    image_id: str
    question: str
    answer: str
    reference: str | None
    outcome: Outcome
    reason: str | None
    message: str | None = None


def asked_of(image_id: str, question: str, answer: str, verdict: Verdict) -> Asked:
    """Returns the Asked record of a question with its answer and verdict."""
    return Asked(image_id, question, answer, verdict.reference, verdict.outcome, verdict.reason, verdict.message)
