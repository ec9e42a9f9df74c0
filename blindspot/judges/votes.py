"""A verifier that takes the majority of several votes."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from blindspot.protocols import Verifier
from blindspot.records.image import Image
from blindspot.records.unscored import Unscored
from blindspot.records.verdict import Verdict


class Votes:
    """Gives each rollout the outcome that more than half of the voters give; "unscored" is an outcome like any other.

    The verdict is that of the first voter with this outcome, with its reason and reference. Without a majority (one
    failure, one correct and one invalid), the rollout is unscored with the reason "no majority".
    """

    def __init__(self, voters: Sequence[Verifier]) -> None:
        """`voters`: at least one; use an odd number, so that two outcomes cannot tie."""
        self._voters = voters
        self.identity = f"{voters[0].identity} × {len(voters)}"

    def judge(self, images: Sequence[Image], questions: Sequence[str], answers: Sequence[str]) -> list[Verdict]:
        """Returns one verdict for each image, question and answer, in order."""
        votes = [voter.judge(images, questions, answers) for voter in self._voters]
        return [self._count(rollout) for rollout in zip(*votes, strict=True)]

    def _count(self, votes: Sequence[Verdict]) -> Verdict:
        raw = tuple(reply for vote in votes for reply in vote.raw)
        outcome, most = Counter(vote.outcome for vote in votes).most_common(1)[0]
        if 2 * most <= len(votes):
            cut = any(vote.reason == Unscored.BUDGET for vote in votes)
            return Verdict("unscored", self.identity, Unscored.BUDGET if cut else Unscored.NO_MAJORITY, raw=raw)
        return replace(next(vote for vote in votes if vote.outcome == outcome), verifier=self.identity, raw=raw)
