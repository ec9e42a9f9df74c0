"""A verified failure, as the failure set exports it."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Failure:
    """A valid question about one image that the candidate answered incorrectly.

    `picture`: the image file. `reference`: the true answer according to the verifier. `failure_modes`: the names of
    the modes that contain the question, most useful first. `audited`: "failure" if the auditor agreed, "unscored" if
    the auditor could not decide, None if the failure was not audited. `persists`: the share of its repeats that failed
    again; None without repeats. The other fields are those of a rollout.
    """

    rollout_id: str
    image_id: str
    picture: Path
    question: str
    reference: str
    candidate_answer: str
    failure_modes: tuple[str, ...]
    method: str
    questioner: str
    candidate: str
    verifier: str
    audited: str | None
    persists: float | None
