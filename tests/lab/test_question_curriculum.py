import random

import pytest

from blindspot.questioner.prompts import THOUGHT_END, expected_answer
from blindspot.questioner.reading import read_question
from blindspot.scenes.draw import draw_scenes
from blindspot.scenes.oracle import rule
from blindspot.taxonomy.reading.question_features import all_features
from lab.question_curriculum import Asking
from lab.tiny_vlm import IMAGE_LAST, build_processor

SCENES = draw_scenes(600, seed=3)


def test_every_lesson_is_a_valid_question_and_most_have_all_features_of_the_target() -> None:
    asking = Asking(SCENES, random.Random(0))
    kept = []
    for scene in SCENES[:300]:
        prompt, lesson = asking.targeted(scene)
        question = read_question(lesson, "thought").question
        ruling = rule(question, scene)
        assert ruling.valid
        target = prompt.removesuffix(" .").partition(" : ")[2].split(" , ")
        assert 1 <= len(target) <= 3
        kept.append({*target} <= all_features(question, ruling.answer))
    # A scene may not allow all features of another scene's question. Of 1,500 others, 77 % have them: this fails
    # for correct code with probability 5e-11 (binomial of 300).
    assert 0.6 < sum(kept) / len(kept) < 1.0


def test_an_example_shares_a_feature_with_the_question() -> None:
    asking = Asking(SCENES, random.Random(0))
    for scene in SCENES[:100]:
        prompt, lesson = asking.like(scene)
        question = read_question(lesson, "thought").question
        example, _, answer = prompt.removesuffix(" .").partition(" : ")[2].rpartition(" ")
        assert all_features(example, answer) & all_features(question, rule(question, scene).answer)


def test_a_thought_ends_with_the_true_answer_of_its_question() -> None:
    asking = Asking(SCENES, random.Random(0))
    for scene in SCENES[:100]:
        for prompt, lesson in (asking.plain(scene), asking.targeted(scene), asking.like(scene)):
            thought, _, question = lesson.partition(f" {THOUGHT_END} ")
            assert prompt.startswith("ask a question about the image ")
            assert thought.rpartition(" : ")[2] == rule(question, scene).answer


def test_all_words_of_a_lesson_are_in_the_vocabulary() -> None:
    asking = Asking(SCENES, random.Random(0))
    tokenizer = build_processor(asking.words(), template=IMAGE_LAST).tokenizer
    for scene in SCENES[:100]:
        for text in (*asking.plain(scene), *asking.targeted(scene), *asking.like(scene)):
            assert tokenizer.unk_token_id not in tokenizer(text)["input_ids"]


def test_the_question_does_not_include_the_thought() -> None:
    assert read_question(f"a2 : no {THOUGHT_END} is it red ?", "thought").question == "is it red ?"
    assert read_question(" is it red ? ", "thought").question == "is it red ?"
    assert read_question(f"a2 : no {THOUGHT_END}", "thought").question == ""


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("is there a star ?", None),
        ("a1 : yes </think> is there a star ?", "yes"),
        ("first : b2 ; a1 : nothing at all </think> is there a star ?", "nothing at all"),
        ("I see this : a star and then a square </think> is there a star ?", None),
        ("a1 : </think> is there a star ?", None),
        ("a1 : yes", None),
    ],
)
def test_the_thought_ends_with_the_expected_answer(text: str, answer: str | None) -> None:
    assert expected_answer(text) == answer
