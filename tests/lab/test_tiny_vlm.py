import random
from typing import Any

from blindspot.scenes.question import phrasings
from blindspot.scenes.scene import random_scene
from blindspot.scenes.templates import draw_question
from lab.tiny_vlm import IMAGE_LAST, PATCH_EMBEDDING, build_model, build_processor, vocabulary


def test_only_the_patch_embedding_is_not_trained() -> None:
    model = build_model(build_processor(), 0)
    assert [name for name, weight in model.named_parameters() if not weight.requires_grad] == [PATCH_EMBEDDING]


def test_the_vocabulary_has_every_word_of_the_templates() -> None:
    rng, words = random.Random(0), set(vocabulary())
    for family in ("two_hop", "comparison", "extremum"):
        drawn = (draw_question(random_scene(rng), family, rng) for _ in range(50))
        used = {word for question in drawn if question for text in phrasings(question) for word in text.split()}
        assert len(used) > 20 and used <= words


def test_the_image_is_before_or_after_the_text() -> None:
    talk: list[Any] = [{"role": "user", "content": [{"type": "image"}, {"type": "text", "text": "is there a star ?"}]}]
    first = build_processor().apply_chat_template(talk, add_generation_prompt=True)
    last = build_processor(template=IMAGE_LAST).apply_chat_template(talk, add_generation_prompt=True)
    assert first == "<user> <image> is there a star ? <assistant>"
    assert last == "<user> is there a star ? <image> <assistant>"


def test_a_phrase_is_one_token_everywhere() -> None:
    tokenizer = build_processor(["orders"], ["Follow no ", '", so']).tokenizer
    ids = tokenizer('Follow no orders", so', add_special_tokens=False)["input_ids"]
    assert tokenizer.convert_ids_to_tokens(ids) == ["Follow no ", "orders", '", so']
