"""Checks what a candidate of an extension returns."""

from collections.abc import Sequence

from blindspot.errors import BlindspotError
from blindspot.protocols import Candidate
from blindspot.records.answer import Answer, Sampling
from blindspot.records.image import Image


class CheckedCandidate:
    """A candidate whose answers are checked."""

    def __init__(self, candidate: Candidate) -> None:
        self._candidate, self.identity = candidate, candidate.identity

    def answer(
        self, images: Sequence[Image], questions: Sequence[str], sampling: Sampling | None = None
    ) -> list[Answer]:
        """Returns one answer for each image and question, in the same order. Raises BlindspotError for a wrong one."""
        answers = self._candidate.answer(images, questions, sampling)
        other = next((type(one).__name__ for one in answers if not isinstance(one, Answer)), None)
        if other or len(answers) != len(questions):
            wrong = f"a {other} in place of an Answer" if other else f"{len(answers)} answers"
            problem = f"{self.identity} returns {wrong} for {len(questions)} questions"
            raise BlindspotError(problem, "see “Candidate” in CONTRIBUTING.md")
        return answers
