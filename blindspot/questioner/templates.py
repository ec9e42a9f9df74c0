"""Uniform templates as a questioner: the search that knows nothing of the candidate."""

import random
from collections.abc import Sequence

from blindspot.records.image import Image
from blindspot.scenes.question import FAMILIES
from blindspot.scenes.scene import Scene
from blindspot.scenes.templates import ask, draw_question


class TemplateQuestioner:
    """Asks valid questions about scenes, their families drawn uniformly."""

    identity = "templates/1"

    def ask(self, images: Sequence[Image], seed: int) -> list[str]:
        """One question for each image, in the same order. Raises ValueError for an image without a scene."""
        rng = random.Random(seed)
        return [self._ask(Scene.from_json(image.scene or ""), rng) for image in images]

    def _ask(self, scene: Scene, rng: random.Random) -> str:
        for family in rng.sample(FAMILIES, len(FAMILIES)):
            question = draw_question(scene, family, rng)
            if question is not None:
                return ask(question, rng)
        raise ValueError("no question can be asked of a scene without things")
