"""Uses a VLM as the candidate."""

from collections.abc import Sequence

from blindspot.prompts.files import RolePrompts, default_prompts
from blindspot.protocols import VLM
from blindspot.records.answer import Answer, Sampling
from blindspot.records.image import Image
from blindspot.records.unscored import Unscored


class VLMCandidate:
    """A candidate that is a VLM. An empty question is not sent to it."""

    def __init__(self, vlm: VLM, prompts: RolePrompts | None = None) -> None:
        """`prompts`: those of the role candidate; None for the default ones."""
        self._vlm, self.identity, self._prompts = vlm, vlm.identity, prompts or default_prompts("candidate")

    def answer(
        self, images: Sequence[Image], questions: Sequence[str], sampling: Sampling | None = None
    ) -> list[Answer]:
        """Returns one answer for each image and question, in the same order. Without `sampling`, at temperature 0."""
        sent = [index for index, question in enumerate(questions) if question.strip()]
        prompts = [self._prompts.render("answer", question=questions[index]) for index in sent]
        replies = self._vlm.complete([images[index] for index in sent], prompts, None, sampling)
        answers = dict(zip(sent, replies, strict=True))
        return [answers.get(index, Answer("", Unscored.NO_QUESTION)) for index in range(len(questions))]
