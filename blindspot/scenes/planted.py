"""A candidate that knows the truth about scenes, but for the gaps that were planted in it."""

import hashlib
import json
import random
from collections.abc import Sequence

from blindspot.records.answer import Answer
from blindspot.records.image import Image
from blindspot.records.sampling import Sampling
from blindspot.scenes.gaps import Gap, facts_of
from blindspot.scenes.oracle import Ruling, rule
from blindspot.scenes.question import ANSWERS
from blindspot.scenes.scene import Scene, scene_of

_UNSEEN = (
    "a planted candidate knows nothing of it",
    "set prepare.source: scenes, or candidate.model to a VLM",
)  # what follows from an image without a scene, and the mend


class PlantedCandidate:
    """Answers rightly, except where a gap holds, or by mistake.

    In a gap it is always wrong; elsewhere with probability `mistakes`. What it says then is drawn uniformly from the
    wrong answers of the right kind. A question that has no true answer gets any of its kind, one that it cannot read
    yes or no. Dice fall by seed, scene and question, and for a mistake by `sampling` as well: the same question about
    the same image gets the same answer, and a gap stays a gap however it is asked.
    """

    def __init__(self, gaps: Sequence[str], mistakes: float, seed: int) -> None:
        """Raises BlindspotError where a gap cannot be read."""
        self._gaps = [Gap(text) for text in gaps]
        self._mistakes, self._seed = mistakes, seed
        made = json.dumps([[gap.text for gap in self._gaps], mistakes, seed])
        self.identity = f"planted@{hashlib.sha256(made.encode()).hexdigest()[:16]}"

    def answer(
        self, images: Sequence[Image], questions: Sequence[str], sampling: Sampling | None = None
    ) -> list[Answer]:
        """One answer for each image and question, in the same order.

        Raises BlindspotError for an image without a scene: it knows nothing else.
        """
        rows = zip(images, questions, strict=True)
        return [Answer(self._answer(scene_of(image, *_UNSEEN), question, sampling)) for image, question in rows]

    def _answer(self, scene: Scene, question: str, sampling: Sampling | None) -> str:
        ruling = rule(question, scene)
        kind = ruling.question.answer_kind if ruling.question else "yes_no"
        key = [self._seed, scene.to_json(), question]
        if not ruling.valid or self._in_a_gap(ruling, scene):
            return _wrong(ruling, kind, _dice("gap", *key))
        mistaken = _dice("mistake", *key, *((sampling.temperature, sampling.seed) if sampling else ()))
        return _wrong(ruling, kind, mistaken) if mistaken.random() < self._mistakes else str(ruling.answer)

    def _in_a_gap(self, ruling: Ruling, scene: Scene) -> bool:
        facts = facts_of(ruling, scene)
        return any(gap.holds(facts) for gap in self._gaps)


def _wrong(ruling: Ruling, kind: str, dice: random.Random) -> str:
    return dice.choice([answer for answer in ANSWERS[kind] if answer != ruling.answer])


def _dice(*key: object) -> random.Random:
    return random.Random(json.dumps(key))  # of a text's SHA-512: alike keys have nothing in common
