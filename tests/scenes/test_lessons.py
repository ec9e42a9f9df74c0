import random

from blindspot.scenes.lessons import answered_questions, caption, draw_scenes, near_misses, question_to_ask
from blindspot.scenes.oracle import rule
from blindspot.scenes.parse import parse
from blindspot.scenes.question import FAMILIES, Description, Question
from blindspot.scenes.scene import Scene, Thing

TWO = Scene((Thing(0, 0, "small", "red", "star"), Thing(2, 2, "large", "red", "star")))


def test_a_caption_names_every_place_in_reading_order() -> None:
    places = caption(TWO).split(" , ")
    assert places == ["small red star", *["nothing"] * 7, "large red star"]


def test_every_lesson_in_asking_is_valid_and_every_family_is_taught() -> None:
    rng = random.Random(0)
    scenes = draw_scenes(400, seed=3)
    rulings = [rule(question_to_ask(scene, rng), scene) for scene in scenes]
    assert all(ruling.valid for ruling in rulings)
    assert {ruling.family for ruling in rulings} == set(FAMILIES)


def test_every_answer_taught_is_true() -> None:
    rng = random.Random(0)
    for scene in draw_scenes(30, seed=4):
        for question, answer in answered_questions(scene, 6, rng):
            assert rule(question, scene).answer == answer


def test_a_thing_that_differs_in_one_word_is_a_near_miss() -> None:
    size = Question("size", Description(colour="red", shape="star"), attribute="size")
    colour = Question("colour", Description(size="small", shape="star"), attribute="colour")
    assert near_misses(colour, TWO) == 1
    assert near_misses(size, TWO) == 0


def test_things_across_the_image_are_a_safer_two_hop_than_neighbours() -> None:
    question = parse("what colour is the small thing left of the large star ?")
    assert question is not None
    near = Scene((Thing(0, 1, "small", "red", "star"), Thing(2, 2, "large", "red", "star")))
    assert near_misses(question, TWO) < near_misses(question, near)
