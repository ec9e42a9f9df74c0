"""Several judgements of each rollout, of which the majority counts."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from blindspot.protocols import Verifier
from blindspot.records.image import Image
from blindspot.records.unscored import Unscored
from blindspot.records.verdict import Verdict


class Votes:
    """Gives each rollout the outcome that more than half of the voters give it, an error no less than any other.

    The verdict is the first such voter's, reason and reference included. Without a majority (of three, a failure, a
    correct and an invalid one) it is an error, "no majority": to call it anything else would be a guess.
    """

    def __init__(self, voters: Sequence[Verifier]) -> None:
        """`voters`: one at least; an odd number, so that two outcomes never tie."""
        self._voters = voters
        self.identity = f"{voters[0].identity} × {len(voters)}"

    def judge(self, images: Sequence[Image], questions: Sequence[str], answers: Sequence[str]) -> list[Verdict]:
        """One verdict for each image, question and answer, in the same order."""
        votes = [voter.judge(images, questions, answers) for voter in self._voters]
        return [self._count(rollout) for rollout in zip(*votes, strict=True)]

    def _count(self, votes: Sequence[Verdict]) -> Verdict:
        raw = tuple(reply for vote in votes for reply in vote.raw)
        outcome, most = Counter(vote.outcome for vote in votes).most_common(1)[0]
        if 2 * most <= len(votes):
            return Verdict("unscored", self.identity, Unscored.NO_MAJORITY, raw=raw)
        return replace(next(vote for vote in votes if vote.outcome == outcome), verifier=self.identity, raw=raw)
