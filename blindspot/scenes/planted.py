"""The planted candidate: it answers questions about scenes correctly, except in its planted gaps."""

import hashlib
import json
import random
from collections.abc import Sequence

from blindspot.records.answer import Answer, Sampling
from blindspot.records.image import Image
from blindspot.scenes.gaps import Gap, holding
from blindspot.scenes.oracle import Ruling, rule
from blindspot.scenes.question import ANSWERS_ABOUT_MARKS
from blindspot.scenes.scene import Scene
from blindspot.scenes.stored import scene_of

_NO_SCENE = (
    "a planted candidate cannot answer questions about it",
    "set prepare.source: scenes or marks, or candidate.model to a VLM",
)  # the consequence of an image without a scene, and the fix


class PlantedCandidate:
    """Answers correctly, except in gaps and with random mistakes.

    Where a gap holds, the answer is wrong with probability `rate`; elsewhere with probability `mistakes`. A wrong
    answer is drawn uniformly from the wrong answers of the right kind. An invalid question gets a random answer of its
    kind, and a text outside of the grammar gets yes or no. Random draws depend on the seed, the scene and the
    question, those of mistakes also on `sampling`. So the same question about the same image always gets the same
    answer, and sampling does not change which questions in gaps fail.
    """

    def __init__(self, gaps: Sequence[str], mistakes: float, seed: int, rate: float = 1.0) -> None:
        """Raises BlindspotError if a gap cannot be read."""
        self._gaps = [Gap(text) for text in gaps]
        self._mistakes, self._seed, self._rate = mistakes, seed, rate
        made = json.dumps([[gap.text for gap in self._gaps], mistakes, seed, *([] if rate == 1 else [rate])])
        self.identity = f"planted@{hashlib.sha256(made.encode()).hexdigest()[:16]}"

    def answer(
        self, images: Sequence[Image], questions: Sequence[str], sampling: Sampling | None = None
    ) -> list[Answer]:
        """Returns one answer for each image and question, in order.

        Raises BlindspotError for an image without a scene.
        """
        rows = zip(images, questions, strict=True)
        return [Answer(self._answer(scene_of(image, *_NO_SCENE), question, sampling)) for image, question in rows]

    def _answer(self, scene: Scene, question: str, sampling: Sampling | None) -> str:
        ruling = rule(question, scene)
        kind = ruling.question.answer_kind if ruling.question else "yes_no"
        key = [self._seed, scene.to_json(), question]
        if not ruling.valid:
            return _wrong(ruling, kind, _random("gap", *key))
        if any(holding(self._gaps, ruling, scene)):
            fails = self._rate == 1 or _random("rate", *key).random() < self._rate
            return _wrong(ruling, kind, _random("gap", *key)) if fails else str(ruling.answer)
        draws = _random("mistake", *key, *((sampling.temperature, sampling.seed) if sampling else ()))
        return _wrong(ruling, kind, draws) if draws.random() < self._mistakes else str(ruling.answer)


def _wrong(ruling: Ruling, kind: str, draws: random.Random) -> str:
    return draws.choice([answer for answer in ANSWERS_ABOUT_MARKS[kind] if answer != ruling.answer])


def _random(*key: object) -> random.Random:
    return random.Random(json.dumps(key))  # seeds with the SHA-512 of the text: similar keys give independent draws
