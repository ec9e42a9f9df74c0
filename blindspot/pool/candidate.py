"""A candidate that sees the options of the multiple-choice questions of a pool."""

from collections.abc import Sequence

from blindspot.pool.questions import Pool
from blindspot.protocols import Candidate
from blindspot.records.answer import Answer, Sampling
from blindspot.records.image import Image


class PoolCandidate:
    """Passes each question to a candidate with its options, as `PoolQuestion.text` has them."""

    def __init__(self, candidate: Candidate, pool: Pool) -> None:
        self._candidate, self._pool, self.identity = candidate, pool, candidate.identity

    def answer(
        self, images: Sequence[Image], questions: Sequence[str], sampling: Sampling | None = None
    ) -> list[Answer]:
        """Returns one answer for each image and question, in the same order. Without `sampling`, at temperature 0."""
        found = [self._pool.find(image.image_id, question) for image, question in zip(images, questions, strict=True)]
        texts = [one.text if one else question for one, question in zip(found, questions, strict=True)]
        return self._candidate.answer(images, texts, sampling)
