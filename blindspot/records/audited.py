"""One rollout that is to be judged a second time."""

from dataclasses import dataclass

from blindspot.records.verdict import Outcome


@dataclass(frozen=True)
class Audited:
    """What the verifier and the auditor say of one rollout.

    `judged` is the outcome by `verifier`, `audited` that by `auditor`: "unscored" where the auditor cannot say, None
    where nobody was asked (yet).
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
