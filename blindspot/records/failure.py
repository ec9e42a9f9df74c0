"""One verified failure, as the failure set hands it on."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Failure:
    """A valid question about one image that the candidate answered wrong.

    `reference` is the true answer according to the verifier. `failure_modes` are the names of the modes that contain
    the question, the most useful first. `audited`: "failure" if the auditor agreed, "unscored" if they could not say,
    None if they were not asked. `persists`: the share of its repeats that failed again, None without repeats. The
    other fields are those of a rollout.
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
