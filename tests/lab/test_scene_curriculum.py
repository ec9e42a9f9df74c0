import random
from collections import Counter

from blindspot.scenes.draw import draw_scenes
from blindspot.scenes.oracle import rule, rule_question
from blindspot.scenes.parse import parse
from blindspot.scenes.question import FAMILIES, Description, Question
from blindspot.scenes.scene import Scene, Thing
from lab.scene_curriculum import (
    AGAIN,
    ATTEMPTS,
    answered_questions,
    caption,
    near_misses,
    places,
    question_to_ask,
    thought,
)

TWO = Scene((Thing(0, 0, "small", "red", "star"), Thing(2, 2, "large", "red", "star")))


def test_a_caption_names_every_place_in_reading_order() -> None:
    places = caption(TWO).split(" , ")
    assert places == ["small red star", *["nothing"] * 7, "large red star"]


def test_every_question_to_ask_is_valid_and_every_family_is_taught() -> None:
    """Fails for correct code with probability 7e-3 over seeds.

    Binomial of 400 draws, of which nine families have 1 of 10.5 and `two_hop` has 1.5 of 10.5.
    """
    rng = random.Random(0)
    scenes = draw_scenes(400, seed=3)
    rulings = [rule_question(question_to_ask(scene, rng), scene) for scene in scenes]
    assert all(ruling.valid for ruling in rulings)
    taught = Counter(ruling.family for ruling in rulings)
    assert all(0.05 < taught[family] / len(scenes) < 0.2 for family in FAMILIES)


def test_a_family_without_a_valid_question_is_replaced_by_another() -> None:
    rng = random.Random(0)
    twins = Scene((Thing(0, 0, "small", "red", "star"), Thing(2, 2, "small", "red", "star")))
    assert question_to_ask(TWO, rng, "two_hop").family == "two_hop"
    ruling = rule_question(question_to_ask(twins, rng, "two_hop"), twins)
    assert ruling.valid
    assert ruling.family != "two_hop"


def test_every_answer_taught_is_true() -> None:
    rng = random.Random(0)
    for scene in draw_scenes(30, seed=4):
        pairs = answered_questions(scene, 6, rng)
        assert len(pairs) == 6
        for question, answer in pairs:
            assert rule(question, scene).answer == answer


def test_a_thing_that_differs_in_one_word_is_a_near_miss() -> None:
    size = Question("size", Description(colour="red", shape="star"), attribute="size")
    colour = Question("colour", Description(size="small", shape="star"), attribute="colour")
    assert near_misses(colour, TWO) == 1
    assert near_misses(size, TWO) == 0


def test_a_two_hop_question_is_safest_with_a_subject_in_the_middle_and_an_anchor_at_the_border() -> None:
    question = parse("what colour is the small thing left of the large star ?")
    assert question is not None
    anchor = Thing(2, 2, "large", "red", "star")
    middle, edge, corner = (
        Scene((Thing(*place, "small", "red", "star"), anchor)) for place in ((1, 1), (1, 0), (0, 0))
    )
    inner = Scene((Thing(1, 0, "small", "red", "star"), Thing(2, 1, "large", "red", "star")))
    doubts = [near_misses(question, scene) for scene in (middle, edge, corner)]
    assert doubts == sorted(set(doubts))
    assert near_misses(question, edge) < near_misses(question, inner)


def test_a_thought_finds_the_things_word_by_word_and_ends_with_the_answer() -> None:
    scene = Scene((*TWO.things, Thing(0, 2, "small", "blue", "star"), Thing(1, 1, "small", "red", "circle")))
    expected = {
        "how many small stars are there ?": "counting small a1 b2 c1 star a1 c1 : 2",
        "is there a green thing ?": "existence green nothing : no",
        "are there more red stars than circles ?": "comparison red a1 b2 c3 star a1 c3 ; circle b2 : yes",
        "what colour is the bottommost star ?": "extremum star a1 c1 c3 bottommost c3 : red",
        "what shape is the leftmost thing ?": "extremum thing a1 b2 c1 c3 leftmost a1 : star",
        "what size is the star below the circle ?": "two_hop circle b2 ; below c3 star c3 : large",
        "is the circle left of the blue star ?": "relation circle b2 ; blue c1 star c1 : yes",
    }
    for text, found in expected.items():
        question = parse(text)
        assert question is not None
        thoughts = {thought(question, scene, random.Random(seed)) for seed in range(60)}
        assert found in thoughts
        assert all(one.endswith(found.partition(" ")[2]) for one in thoughts)


def test_an_attempt_ends_where_it_fits_no_thing_or_several() -> None:
    rng, broken = random.Random(0), []
    scenes = draw_scenes(200, seed=5)
    for scene in scenes:
        attempt, again, _ = thought(question_to_ask(scene, rng), scene, rng).partition(f" {AGAIN} ")
        broken += [attempt] if again else []
    assert 0.1 < len(broken) / len(scenes) < ATTEMPTS  # fails with probability 4e-6 (binomial of 200 at 0.22)
    for attempt in broken:
        *before, last = attempt.partition(" ")[2].split(" ; ")
        ends = [_last_places(group) for group in (*before, last)]
        assert len(ends[-1]) != 1 or len({*map(tuple, ends)}) < len(ends) or "most" in last


def _last_places(group: str) -> list[str]:
    """Returns the places after the last word that is not a place."""
    words = group.split()
    last = max(place for place, word in enumerate(words) if word not in places())
    return words[last + 1 :]
