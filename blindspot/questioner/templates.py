"""Uniform templates as a questioner. Without targets, it is a search that does not use the candidate's answers."""

import random
from collections.abc import Collection, Sequence

from blindspot.protocols import PastFailure, ProposedQuestion, Target
from blindspot.records.image import Image
from blindspot.scenes.oracle import rule_question
from blindspot.scenes.scene import Scene
from blindspot.scenes.stored import scene_of
from blindspot.scenes.templates import ask, draw_question, families_of
from blindspot.taxonomy.reading.question_features import all_features, has_all

#: Questions that are drawn about an image for a target: first of each family, then of the families that came nearest.
DRAWN_OF_EACH, DRAWN = 2, 40
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

        Questions are drawn until one has the features of the target and is not in `past`. If none of them does, any
        question is returned. Raises BlindspotError for an image without a scene.
        """
        rng, known = random.Random(seed), past or [()] * len(images)
        rows = zip(targets, images, known, strict=True)
        return [self._ask_for(target, scene_of(image, *_NO_SCENE), rng, {*asked}) for target, image, asked in rows]

    def _ask_for(self, target: Target, scene: Scene, rng: random.Random, past: Collection[str]) -> ProposedQuestion:
        near = dict[str, int]()  # by family, the most features of the target that a question had
        families = families_of(scene) * (DRAWN_OF_EACH if target else 1)
        for family in rng.sample(families, len(families)):
            if found := _about(scene, family, rng):
                if found.question not in past and has_all({*target}, found.question, found.answer):
                    return found
                had = len(all_features(found.question, found.answer).intersection(target))
                near[family] = max(near.get(family, 0), had)
        nearest = [family for family, had in near.items() if had == max(near.values())]
        for _ in range(DRAWN):
            found = _about(scene, rng.choice(nearest), rng)
            if found and found.question not in past and has_all({*target}, found.question, found.answer):
                return found
        return self._ask(scene, rng)

    def _ask(self, scene: Scene, rng: random.Random) -> ProposedQuestion:
        for family in rng.sample(families_of(scene), len(families_of(scene))):
            if found := _about(scene, family, rng):
                return found
        raise ValueError("a scene without things allows no question")


def _about(scene: Scene, family: str, rng: random.Random) -> ProposedQuestion | None:
    question = draw_question(scene, family, rng)
    if question is None:
        return None
    return ProposedQuestion(ask(question, rng), rule_question(question, scene).answer)
