"""A verifier with a second judge that must confirm every failure."""

from collections.abc import Sequence
from dataclasses import replace

from blindspot.protocols import Verifier
from blindspot.records.image import Image
from blindspot.records.verdict import Verdict


class ConfirmedVerifier:
    """Counts a failure only if two judges agree on it. The second judge sees only the failures of the first.

    | first | second | verdict |
    |---|---|---|
    | failure | failure | failure, with the first's reference |
    | failure | correct, invalid or unscored | the second's |
    | correct, invalid or unscored | not asked | the first's |

    The second judge removes false failures; it cannot add failures that the first judge misses. A verdict's `verifier`
    names the judges that were asked.
    """

    def __init__(self, first: Verifier, second: Verifier) -> None:
        self._first, self._second = first, second
        self.identity = f"{first.identity} & {second.identity}"

    def judge(self, images: Sequence[Image], questions: Sequence[str], answers: Sequence[str]) -> list[Verdict]:
        """Returns one verdict for each image, question and answer, in order."""
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
