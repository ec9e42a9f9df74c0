"""One verified failure, as the failure set hands it on."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Failure:
    """A valid question about one image that the candidate answered wrong.

    `reference` is the true answer as the verifier has it. `failure_modes` are the names of those that it is of, the
    most useful first. `audited`: "failure" where the auditor agreed, "error" where they could not say, None where they
    were not asked. `persists`: the share of its repeats that failed again, None where there were none. The others are
    as in a rollout.
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
