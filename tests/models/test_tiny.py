import random

from blindspot.models.tiny import PATCH_EMBEDDING, build_model, build_processor, vocabulary
from blindspot.scenes.question import phrasings
from blindspot.scenes.scene import random_scene
from blindspot.scenes.templates import draw_question


def test_patches_are_trained_unless_their_place_is_to_stay_legible() -> None:
    processor = build_processor()
    assert build_model(processor, 0).get_parameter(PATCH_EMBEDDING).requires_grad
    still = [name for name, weight in build_model(processor, 0, 1.0).named_parameters() if not weight.requires_grad]
    assert still == [PATCH_EMBEDDING]


def test_every_question_of_the_templates_can_be_spelled() -> None:
    rng, words = random.Random(0), set(vocabulary())
    for family in ("two_hop", "comparison", "extremum"):
        for _ in range(50):
            question = draw_question(random_scene(rng), family, rng)
            if question is not None:
                assert {word for text in phrasings(question) for word in text.split()} <= words
