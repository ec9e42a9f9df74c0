"""Judges by the exact truth about scenes."""

from collections.abc import Sequence
from typing import Literal

from blindspot.records.image import Image
from blindspot.records.unscored import Unscored
from blindspot.records.verdict import Verdict
from blindspot.replies import shorten
from blindspot.scenes.answers import understand
from blindspot.scenes.oracle import rule
from blindspot.scenes.scene import Scene, scene_of

_UNSEEN = (
    "the oracle cannot judge questions about it",
    "set verifier.kind: vlm, or give the images' metadata a scene column",
)  # what follows from an image without a scene, and the mend


class OracleVerifier:
    """A verifier that is never wrong, for images whose scene is known.

    `unparsed` is the outcome of a question that the grammar does not know: "invalid" for a small questioner, whose
    text is then babble, "unscored" for a large one, whose English may be better than the grammar.
    """

    identity = "oracle/1"

    def __init__(self, unparsed: Literal["invalid", "unscored"]) -> None:
        self.unparsed = unparsed

    def judge(self, images: Sequence[Image], questions: Sequence[str], answers: Sequence[str]) -> list[Verdict]:
        """One verdict for each image, question and answer, in the same order.

        The reason of an invalid question is the oracle's own; of an unscored one a value of Unscored. An invalid
        question is invalid whatever was answered. Raises BlindspotError for an image without a scene: no verdict about
        it would mean anything.
        """
        rows = zip(images, questions, answers, strict=True)
        return [self._judge(scene_of(image, *_UNSEEN), question, answer) for image, question, answer in rows]

    def _judge(self, scene: Scene, question: str, answer: str) -> Verdict:
        if not question.strip():
            return Verdict("unscored", self.identity, Unscored.NO_QUESTION)
        ruling = rule(question, scene)
        if ruling.question is None:
            return Verdict(self.unparsed, self.identity, ruling.reason)
        if not ruling.valid:
            return Verdict("invalid", self.identity, ruling.reason, family=ruling.family)
        found = understand(answer, ruling.question.answer_kind, ruling.question)
        if found is None:
            reason = Unscored.ANSWER_NOT_UNDERSTOOD if answer.strip() else Unscored.NO_ANSWER
            return Verdict("unscored", self.identity, reason, ruling.answer, ruling.family, shorten(answer) or None)
        outcome: Literal["correct", "failure"] = "correct" if found == ruling.answer else "failure"
        return Verdict(outcome, self.identity, None, ruling.answer, ruling.family)
