"""A second judge that must agree before a failure counts."""

from collections.abc import Sequence
from dataclasses import replace

from blindspot.protocols import Verifier
from blindspot.records.image import Image
from blindspot.records.verdict import Verdict


class ConfirmedVerifier:
    """A failure stands only where both judges say so. The second is shown what the first calls a failure, no more.

    | first | second | verdict |
    |---|---|---|
    | failure | failure | failure, with the first's reference |
    | failure | correct, invalid or error | the second's |
    | correct, invalid or error | not asked | the first's |

    So failures can only become fewer: those that are left are the better founded, and those that the first misses stay
    missed. A verdict's `verifier` names the judges who gave it.
    """

    def __init__(self, first: Verifier, second: Verifier) -> None:
        self._first, self._second = first, second
        self.identity = f"{first.identity} & {second.identity}"

    def judge(self, images: Sequence[Image], questions: Sequence[str], answers: Sequence[str]) -> list[Verdict]:
        """One verdict for each image, question and answer, in the same order."""
        verdicts = self._first.judge(images, questions, answers)
        failed = [place for place, verdict in enumerate(verdicts) if verdict.outcome == "failure"]
        again = self._second.judge(
            [images[place] for place in failed],
            [questions[place] for place in failed],
            [answers[place] for place in failed],
        )
        for place, second in zip(failed, again, strict=True):
            first = verdicts[place]
            kept = first if second.outcome == "failure" else second
            verdicts[place] = replace(kept, verifier=self.identity, raw=first.raw + second.raw)
        return verdicts
