"""A VLM as candidate."""

from collections.abc import Sequence

from blindspot.protocols import VLM
from blindspot.records.answer import Answer
from blindspot.records.image import Image
from blindspot.records.sampling import Sampling


class VLMCandidate:
    """A VLM that is asked the question and nothing else."""

    def __init__(self, vlm: VLM) -> None:
        self._vlm, self.identity = vlm, vlm.identity

    def answer(
        self, images: Sequence[Image], questions: Sequence[str], sampling: Sampling | None = None
    ) -> list[Answer]:
        """One answer for each image and question, in the same order; without `sampling` at temperature 0."""
        return self._vlm.complete(images, questions, None, sampling)
