"""Uses a VLM as the candidate."""

from collections.abc import Sequence

from blindspot.protocols import VLM
from blindspot.records.answer import Answer, Sampling
from blindspot.records.image import Image
from blindspot.records.unscored import Unscored


class VLMCandidate:
    """A candidate whose prompt is the question alone. An empty question is not sent to the VLM."""

    def __init__(self, vlm: VLM) -> None:
        self._vlm, self.identity = vlm, vlm.identity

    def answer(
        self, images: Sequence[Image], questions: Sequence[str], sampling: Sampling | None = None
    ) -> list[Answer]:
        """Returns one answer for each image and question, in the same order. Without `sampling`, at temperature 0."""
        sent = [index for index, question in enumerate(questions) if question.strip()]
        replies = self._vlm.complete(
            [images[index] for index in sent], [questions[index] for index in sent], None, sampling
        )
        answers = dict(zip(sent, replies, strict=True))
        return [answers.get(index, Answer("", Unscored.NO_QUESTION)) for index in range(len(questions))]
