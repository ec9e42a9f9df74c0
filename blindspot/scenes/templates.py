"""Draws valid questions about a scene: the uniform templates that search is compared with, and training text."""

import random

from blindspot.scenes.oracle import holds, matching, rule_question
from blindspot.scenes.question import COMPARISONS, EXTREMA, RELATIONS, Description, Question, phrasings
from blindspot.scenes.scene import ATTRIBUTES, COLOURS, SHAPES, SIZES, Scene, Thing

TRIES = 60  # a scene of two things may have no valid question of a family
NONE_THERE = 0.15  # of the questions how many there are: none
_PRECEDENCE = ("size", "colour", "shape")


def draw_question(scene: Scene, family: str, rng: random.Random, full: float = 0.0) -> Question | None:
    """A valid question of that family about the scene, or None where TRIES draws found none.

    Each draw aims at yes or no with equal chance, but a scene may have few of one: between 0.3 and 0.65 of a family's
    answers are yes. `full`: the probability that a thing is described as fully as the question allows ("the small red
    star"), rather than by a random part of its attributes.
    """
    for _ in range(TRIES):
        question = _draw(scene, family, rng, rng.random() < full)
        if question is None:
            continue
        ruling = rule_question(question, scene)
        if ruling.valid:
            return question
    return None


def draw_freely(scene: Scene, family: str, rng: random.Random, full: float = 0.0) -> Question | None:
    """The same, valid or not: what it speaks of is there, but maybe more than once, or twice the same thing."""
    drawn = (_draw(scene, family, rng, rng.random() < full) for _ in range(TRIES))
    return next((question for question in drawn if question is not None), None)


def ask(question: Question, rng: random.Random) -> str:
    """The question in English, in one of its phrasings drawn uniformly."""
    return rng.choice(phrasings(question))


def _draw(scene: Scene, family: str, rng: random.Random, full: bool) -> Question | None:
    thing, other = rng.choice(scene.things), rng.choice(scene.things)
    if family in ("existence", "counting", "comparison"):
        return _draw_about_sets(scene, family, rng, full)
    if family in ("colour", "shape", "size"):
        return Question(family, _describe(thing, rng, full, without=family), attribute=family)
    if family == "extremum":
        attribute = rng.choice(_PRECEDENCE)
        subject = _describe(thing, rng, False, without=attribute) if rng.random() < 0.5 else Description()
        return Question(family, subject, attribute=attribute, word=rng.choice(EXTREMA))
    if thing == other:
        return None
    if family == "relation":
        word = rng.choice([*RELATIONS])
        if holds(word, thing, other) != (rng.random() < 0.5):
            return None
        return Question(family, _describe(thing, rng, full), word=word, other=_describe(other, rng, full))
    attribute = rng.choice(_PRECEDENCE)
    if family == "same":
        if (getattr(thing, attribute) == getattr(other, attribute)) != (rng.random() < 0.5):
            return None
        subject, second = (_describe(one, rng, full, without=attribute) for one in (thing, other))
        return Question(family, subject, attribute=attribute, other=second)
    word = rng.choice([word for word in RELATIONS if holds(word, thing, other)])
    subject = _describe(thing, rng, False, without=attribute)
    return Question(family, subject, attribute=attribute, word=word, other=_describe(other, rng, full))


def _draw_about_sets(scene: Scene, family: str, rng: random.Random, full: bool) -> Question | None:
    if family == "comparison":
        subject, other = (_describe(rng.choice(scene.things), rng, full) for _ in range(2))
        return Question(family, subject, word=rng.choice(COMPARISONS), other=other)
    subject = _describe(rng.choice(scene.things), rng, full)
    if rng.random() >= (NONE_THERE if family == "counting" else 0.5):
        return Question(family, subject)
    absent = Description(rng.choice(SIZES), rng.choice(COLOURS), rng.choice(SHAPES))
    kept = {name for name in _PRECEDENCE if getattr(subject, name)}
    absent = Description(**{name: getattr(absent, name) for name in kept})
    return None if matching(absent, scene) else Question(family, absent)


def _describe(thing: Thing, rng: random.Random, full: bool, without: str | None = None) -> Description:
    """The thing by all (`full`) or a random, non-empty part of its attributes; `without` is never said."""
    names = [name for name in ATTRIBUTES if name != without]
    kept = names if full else rng.sample(names, rng.randint(1, len(names)))
    return Description(**{name: getattr(thing, name) for name in kept})
