"""Uniform templates as a questioner. Without targets, it is a search that does not use the candidate's answers."""

import random
from collections.abc import Collection, Sequence

from blindspot.protocols import PastFailure, ProposedQuestion, Target
from blindspot.records.image import Image
from blindspot.scenes.oracle import rule_question
from blindspot.scenes.scene import Scene
from blindspot.scenes.stored import scene_of
from blindspot.scenes.templates import ask, draw_question, families_of
from blindspot.taxonomy.reading.question_features import has_all

DRAWN = 40  # questions that are drawn about an image for a target, of which the first that meets it is asked
_NO_SCENE = ("templates cannot ask about it", "set prepare.source: scenes or marks, or name another questioner")


class TemplateQuestioner:
    """Asks valid questions about scenes or marks, with families drawn uniformly."""

    identity = "templates/1"

    def ask(self, images: Sequence[Image], seed: int) -> list[ProposedQuestion]:
        """Returns one question for each image, in order, with its true answer.

        Raises BlindspotError for an image without a scene.
        """
        rng = random.Random(seed)
        return [self._ask(scene_of(image, *_NO_SCENE), rng) for image in images]

    def ask_for(
        self,
        targets: Sequence[Target],
        images: Sequence[Image],
        seed: int,
        past: Sequence[Sequence[str]] = (),
        failures: Sequence[Sequence[PastFailure]] = (),
    ) -> list[ProposedQuestion]:
        """Returns one question for each target and image, as `Steerable` describes. Ignores failures.

        Of DRAWN questions that are not in `past`, the first that has the features of the target is returned, or the
        last one if there is none. Raises BlindspotError for an image without a scene.
        """
        rng, known = random.Random(seed), past or [()] * len(images)
        rows = zip(targets, images, known, strict=True)
        return [self._ask_for(target, scene_of(image, *_NO_SCENE), rng, {*asked}) for target, image, asked in rows]

    def _ask_for(self, target: Target, scene: Scene, rng: random.Random, past: Collection[str]) -> ProposedQuestion:
        for _ in range(DRAWN):
            found = self._ask(scene, rng)
            if found.question not in past and has_all({*target}, found.question, found.answer):
                break
        return found

    def _ask(self, scene: Scene, rng: random.Random) -> ProposedQuestion:
        for family in rng.sample(families_of(scene), len(families_of(scene))):
            question = draw_question(scene, family, rng)
            if question is not None:
                return ProposedQuestion(ask(question, rng), rule_question(question, scene).answer)
        raise ValueError("a scene without things allows no question")
