"""The things that a question names: nouns that the lexicon knows, and no other word."""

import random

import pytest

from blindspot.scenes.draw import draw_scenes
from blindspot.scenes.templates import ask, draw_question
from blindspot.taxonomy.reading import lexicon
from blindspot.taxonomy.reading.language import normalise
from blindspot.taxonomy.reading.nouns import nouns
from blindspot.taxonomy.reading.things import named, things_in
from tests.taxonomy.reading.general import DEVELOPMENT, GENERAL, REAL, rows

FAMILIES = (
    "existence",
    "counting",
    "colour",
    "shape",
    "size",
    "relation",
    "extremum",
    "comparison",
    "same",
    "two_hop",
)


def names(question: str) -> list[str]:
    return [thing.noun for thing in things_in(normalise(question))]


@pytest.mark.parametrize(
    ("question", "found"),
    [
        ("What is the elephant lying on?", ["elephant"]),
        ("Are these biscuits constructed of wood?", ["biscuit", "wood"]),
        ("it's flavored how", []),
        ("Is the fire hydrant next to the man's dog?", ["fire hydrant", "man", "dog"]),
        ("Do these socks match?", ["sock"]),
        ("Do these pants go with the shirt?", ["pants", "shirt"]),
        ("What is the main purpose of the red tag?", ["tag"]),
        ("Which beak is adapted to crack seeds?", ["beak", "seed"]),
        ("how would you cook this fish", ["fish"]),
        ("What is the phone number?", []),
        ("Is the bus facing the camera?", ["bus"]),
        ("Is the wine in the glass red?", ["wine", "glass"]),
        ("Are the policemen on the buses?", ["policeman", "bus"]),
        ("Are there bears or skis?", ["bear", "ski"]),
        ("Which bottle is light blue, the light one?", ["bottle", "thing"]),
        ("asdf qwerty zzz", []),
    ],
)
def test_only_nouns_of_the_lexicon_are_things(question: str, found: list[str]) -> None:
    assert names(question) == found


def test_every_thing_in_labelled_questions_is_in_the_lexicon() -> None:
    asked = [row["question"] for file in (GENERAL, DEVELOPMENT, REAL) for row in rows(file)]
    scenes = [question for question in asked if lexicon.SCENE_WORDS.issuperset(normalise(question).split())]
    found = {noun for question in asked if question not in scenes for noun in names(question)}
    assert len(found) > 400 and found <= {"thing", *nouns()}


def test_adjectives_belong_to_their_thing() -> None:
    [bottle, lid] = things_in("is the small green bottle without a blue lid empty")
    assert (bottle.adjectives, lid.adjectives) == (("small", "green"), ("blue",))
    assert named("very big plastic box lying").one == "large plastic box"


def test_the_words_of_scene_templates_need_no_lexicon() -> None:
    dice = random.Random(0)
    asked = [
        ask(question, dice)
        for scene in draw_scenes(60, 5)
        for family in FAMILIES
        if (question := draw_question(scene, family, dice)) is not None
    ]
    words = {word for question in asked for word in normalise(question).split()}
    assert len(asked) > 400 and words <= lexicon.SCENE_WORDS
