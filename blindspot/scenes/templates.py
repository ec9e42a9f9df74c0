"""Draws questions about a scene: for the uniform templates, the baseline of a search, and for training data."""

import random

from blindspot.scenes.oracle import holds, matching, rule_question
from blindspot.scenes.question import COMPARISONS, EXTREMA, RELATIONS, Description, Question, phrasings
from blindspot.scenes.scene import ATTRIBUTES, COLOURS, SHAPES, SIZES, Scene, Thing

TRIES = 60  # draws before giving up; a scene of two things may have no valid question of a family
NONE_THERE = 0.15  # share of counting questions whose answer should be 0
_PRECEDENCE = ("size", "colour", "shape")


def draw_question(scene: Scene, family: str, rng: random.Random, full: float = 0.0) -> Question | None:
    """Returns a valid question of the family about the scene, or None if none of TRIES draws is valid.

    Each draw aims at yes or no with equal probability. As a scene may have few questions of one kind, between 0.3 and
    0.65 of a family's answers are yes. `full`: the probability that a thing is described by all attributes that the
    question allows ("the small red star") instead of a random subset of them.
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
    """Returns a question as `draw_question` does, but valid or not.

    A description may fit several things, and both descriptions may fit the same thing.
    """
    drawn = (_draw(scene, family, rng, rng.random() < full) for _ in range(TRIES))
    return next((question for question in drawn if question is not None), None)


def ask(question: Question, rng: random.Random) -> str:
    """Returns the question in English, in a phrasing drawn uniformly."""
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
    """Describes the thing by all attributes (`full`) or by a random, non-empty subset, but never by `without`."""
    names = [name for name in ATTRIBUTES if name != without]
    kept = names if full else rng.sample(names, rng.randint(1, len(names)))
    return Description(**{name: getattr(thing, name) for name in kept})
