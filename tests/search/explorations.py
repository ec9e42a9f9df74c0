"""A short exploration: its options, its images, and a questioner that ignores targets."""

import random
from collections.abc import Sequence
from pathlib import Path

from blindspot.protocols import PastFailure, ProposedQuestion, Target
from blindspot.records.image import Image
from blindspot.scenes.scene import Scene, random_scene
from blindspot.scenes.templates import ask, draw_question
from blindspot.search.exploring import Exploration

HOW = Exploration(calls=120, at_least=40, together=10, proposals=20, min_asked=6)
DICE = random.Random(5)
IMAGES = [Image(str(number), Path("none"), "train", random_scene(DICE).to_json()) for number in range(300)]


class Deaf:
    """Asks existence questions, whatever the target."""

    identity = "deaf"

    def ask(self, images: Sequence[Image], seed: int) -> list[ProposedQuestion]:
        raise AssertionError("ask_for must be called")

    def ask_for(
        self,
        targets: Sequence[Target],
        images: Sequence[Image],
        seed: int,
        past: Sequence[Sequence[str]] = (),
        failures: Sequence[Sequence[PastFailure]] = (),
    ) -> list[ProposedQuestion]:
        rng, said = random.Random(seed), list[ProposedQuestion]()
        for image in images:
            question = draw_question(Scene.from_json(image.scene or ""), "existence", rng)
            assert question is not None
            said.append(ProposedQuestion(ask(question, rng), None, 0.0))
        return said
