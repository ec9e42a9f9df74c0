import random

from blindspot.models.tiny import PATCH_EMBEDDING, build_model, build_processor, vocabulary
from blindspot.scenes.question import phrasings
from blindspot.scenes.scene import random_scene
from blindspot.scenes.templates import draw_question


def test_only_the_patch_embedding_stays_as_it_is_drawn() -> None:
    model = build_model(build_processor(), 0)
    assert [name for name, weight in model.named_parameters() if not weight.requires_grad] == [PATCH_EMBEDDING]


def test_every_question_of_the_templates_can_be_spelled() -> None:
    rng, words = random.Random(0), set(vocabulary())
    for family in ("two_hop", "comparison", "extremum"):
        for _ in range(50):
            question = draw_question(random_scene(rng), family, rng)
            if question is not None:
                assert {word for text in phrasings(question) for word in text.split()} <= words
