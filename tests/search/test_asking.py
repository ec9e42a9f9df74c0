import random

from blindspot.prompts import ASK, ask_for, ask_like
from blindspot.scenes.lessons import draw_scenes
from blindspot.scenes.oracle import rule
from blindspot.search.asking import Asking
from blindspot.skills.plain import all_traits

SCENES = draw_scenes(600, seed=3)


def test_every_lesson_is_a_valid_question_and_most_have_what_they_are_to() -> None:
    asking = Asking(SCENES, random.Random(0))
    kept = []
    for scene in SCENES[:300]:
        prompt, question = asking.hinted(scene)
        ruling = rule(question, scene)
        assert ruling.valid
        hint = prompt.removesuffix(" .").partition(" : ")[2].split(" , ")
        assert 1 <= len(hint) <= 2 and {*hint} <= {*asking.traits}
        kept.append({*hint} <= all_traits(question, ruling.answer))
    assert 0.6 < sum(kept) / len(kept) < 1.0  # of another scene's traits not all can be had


def test_an_example_shares_a_trait_with_the_question() -> None:
    asking = Asking(SCENES, random.Random(0))
    for scene in SCENES[:100]:
        prompt, question = asking.like(scene)
        example, _, answer = prompt.removesuffix(" .").partition(" : ")[2].rpartition(" ")
        assert all_traits(example, answer) & all_traits(question, rule(question, scene).answer)


def test_prompts() -> None:
    assert ask_for(()) == ASK
    assert ask_for(("counting", "answer 4")) == "ask a question about the image : counting , answer 4 ."
    assert ask_like([("how many ?", "2")]) == "ask a question about the image like : how many ? 2 ."
    assert Asking(SCENES[:5], random.Random(0)).plain(SCENES[0])[0] == ASK
