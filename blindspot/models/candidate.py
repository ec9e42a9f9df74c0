"""A VLM as candidate."""

from collections.abc import Sequence

from blindspot.protocols import VLM
from blindspot.records.answer import Answer
from blindspot.records.image import Image


class VLMCandidate:
    """A VLM that is asked the question and nothing else."""

    def __init__(self, vlm: VLM) -> None:
        self._vlm, self.identity = vlm, vlm.identity

    def answer(self, images: Sequence[Image], questions: Sequence[str]) -> list[Answer]:
        """One answer for each image and question, in the same order."""
        return self._vlm.complete(images, questions, None)
