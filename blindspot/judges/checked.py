"""Checks what a verifier of an extension returns, before calls are spent on verdicts that no table accepts."""

from collections.abc import Sequence
from dataclasses import replace

from blindspot.errors import BlindspotError
from blindspot.protocols import Verifier
from blindspot.records.image import Image
from blindspot.records.verdict import OUTCOMES, VALID, Verdict

FIX = "see “Judge” in CONTRIBUTING.md"


class CheckedVerifier:
    """A verifier whose verdicts are checked. They get its identity, whatever identity they have."""

    def __init__(self, verifier: Verifier) -> None:
        self._verifier, self.identity = verifier, verifier.identity

    def judge(self, images: Sequence[Image], questions: Sequence[str], answers: Sequence[str]) -> list[Verdict]:
        """Returns one verdict for each image, question and answer, in order. Raises BlindspotError for a wrong one."""
        verdicts = self._verifier.judge(images, questions, answers)
        if len(verdicts) != len(questions):
            raise BlindspotError(f"{self.identity} returns {len(verdicts)} verdicts for {len(questions)} answers", FIX)
        for question, verdict in zip(questions, verdicts, strict=True):
            if wrong := _fault(verdict):
                raise BlindspotError(f"{self.identity}: a verdict {wrong} (question: {question[:80]})", FIX)
        return [replace(verdict, verifier=self.identity) for verdict in verdicts]


def _fault(verdict: object) -> str | None:
    """Returns what is wrong with a verdict, None if nothing is."""
    if not isinstance(verdict, Verdict):
        return f"is a {type(verdict).__name__}, not a Verdict"
    if verdict.outcome not in OUTCOMES:
        return f"has the outcome {verdict.outcome!r}, which is not {', '.join(OUTCOMES)}"
    valid = verdict.outcome in VALID
    if valid and verdict.reference is None:
        return f"{verdict.outcome} has no reference, the true answer"
    if valid == (verdict.reason is not None):
        return f"{verdict.outcome} has {'a' if valid else 'no'} reason"
    return None
