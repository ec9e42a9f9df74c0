"""One question and one answer about one image."""

from dataclasses import dataclass, field

from blindspot.records.unscored import Unscored

METHODS = ("trained", "base", "templates")


@dataclass(frozen=True)
class Rollout:
    """What was asked and answered, and how it was made.

    `method` says who asked: the trained questioner, the untrained base, or the uniform templates. `questioner` and
    `candidate` are the identities (name and digest of the weights). `error` says why there is no question or answer;
    it is None for a rollout that can be judged. `message` explains the error; `raw` is the candidate's reply as it
    came.
    """

    rollout_id: str
    method: str
    image_id: str
    question: str
    answer: str
    questioner: str
    candidate: str
    error: Unscored | None = None
    message: str | None = None
    raw: str = field(default="", compare=False, repr=False)
