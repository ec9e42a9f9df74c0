"""A verifier whose judgements are counted."""

from collections.abc import Sequence

from blindspot.budget import Meter
from blindspot.protocols import Verifier
from blindspot.records.image import Image
from blindspot.records.unscored import Unscored
from blindspot.records.verdict import Verdict


class CountedVerifier:
    """Counts the rollouts that a verifier judges, without those for which the budget has nothing left."""

    def __init__(self, verifier: Verifier, meter: Meter) -> None:
        self._verifier, self._meter, self.identity = verifier, meter, verifier.identity

    def judge(self, images: Sequence[Image], questions: Sequence[str], answers: Sequence[str]) -> list[Verdict]:
        """Returns one verdict for each image, question and answer, in order."""
        verdicts = self._verifier.judge(images, questions, answers)
        self._meter.spend(0, sum(one.reason != Unscored.BUDGET for one in verdicts))
        return verdicts
