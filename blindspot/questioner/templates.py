"""Uniform templates as a questioner: a search that does not use the candidate's answers."""

import random
from collections.abc import Sequence

from blindspot.protocols import ProposedQuestion
from blindspot.records.image import Image
from blindspot.scenes.oracle import rule_question
from blindspot.scenes.scene import Scene
from blindspot.scenes.stored import read_scene
from blindspot.scenes.templates import ask, draw_question, families_of


class TemplateQuestioner:
    """Asks valid questions about scenes, with families drawn uniformly."""

    identity = "templates/1"

    def ask(self, images: Sequence[Image], seed: int) -> list[ProposedQuestion]:
        """Returns one question for each image, in order, with its true answer.

        Raises ValueError for an image without a scene.
        """
        rng = random.Random(seed)
        return [self._ask(read_scene(image.scene or ""), rng) for image in images]

    def _ask(self, scene: Scene, rng: random.Random) -> ProposedQuestion:
        for family in rng.sample(families_of(scene), len(families_of(scene))):
            question = draw_question(scene, family, rng)
            if question is not None:
                return ProposedQuestion(ask(question, rng), rule_question(question, scene).answer)
        raise ValueError("a scene without things allows no question")
