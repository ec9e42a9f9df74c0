"""A VLM as candidate."""

from collections.abc import Sequence

from blindspot.protocols import VLM
from blindspot.records.answer import Answer
from blindspot.records.image import Image
from blindspot.records.sampling import Sampling
from blindspot.records.unscored import Unscored


class VLMCandidate:
    """A VLM that gets the question and nothing else. A question without text is not asked."""

    def __init__(self, vlm: VLM) -> None:
        self._vlm, self.identity = vlm, vlm.identity

    def answer(
        self, images: Sequence[Image], questions: Sequence[str], sampling: Sampling | None = None
    ) -> list[Answer]:
        """One answer for each image and question, in the same order; without `sampling` at temperature 0."""
        asked = [place for place, question in enumerate(questions) if question.strip()]
        replies = self._vlm.complete(
            [images[place] for place in asked], [questions[place] for place in asked], None, sampling
        )
        answers = dict(zip(asked, replies, strict=True))
        return [answers.get(place, Answer("", Unscored.NO_QUESTION)) for place in range(len(questions))]
