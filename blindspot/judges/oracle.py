"""The oracle: a verifier that knows the exact truth about scenes."""

from collections.abc import Sequence
from typing import Literal

from blindspot.records.image import Image
from blindspot.records.unscored import Unscored
from blindspot.records.verdict import Verdict
from blindspot.replies import shorten
from blindspot.scenes.answers import understand
from blindspot.scenes.oracle import rule
from blindspot.scenes.scene import Scene
from blindspot.scenes.stored import scene_of

_NO_SCENE = (
    "the oracle cannot judge questions about it",
    "set verifier.kind: vlm, set prepare.source: marks, or give the images' metadata a scene column",
)  # the consequence of an image without a scene, and the fix


class OracleVerifier:
    """A verifier with exact verdicts, for images whose scene is known.

    `unparsed`: the outcome of a question outside of the grammar. Use "invalid" for a small questioner, whose unparsed
    text has no meaning, and "unscored" for a large one, which may ask good questions that the grammar does not cover.
    """

    identity = "oracle/1"

    def __init__(self, unparsed: Literal["invalid", "unscored"]) -> None:
        self.unparsed = unparsed

    def judge(self, images: Sequence[Image], questions: Sequence[str], answers: Sequence[str]) -> list[Verdict]:
        """Returns one verdict for each image, question and answer, in order.

        The reason of an invalid question is that of its ruling (blindspot.scenes.oracle); the reason of an unscored
        one is a value of Unscored, or "unparsed". The answer to an invalid question is not read. Raises BlindspotError
        for an image without a scene.
        """
        rows = zip(images, questions, answers, strict=True)
        return [self._judge(scene_of(image, *_NO_SCENE), question, answer) for image, question, answer in rows]

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
