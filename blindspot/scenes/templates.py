"""Draws questions about a scene: for the uniform templates, the baseline of a search, and for training data.

Questions about marks are drawn in the same way, and questions about scenes never depend on marks.
"""

import random
from dataclasses import replace
from itertools import permutations

from blindspot.scenes.marks import LABEL
from blindspot.scenes.oracle import holds, matching, rule_question
from blindspot.scenes.question import (
    COMPARISONS,
    DEPTHS,
    EXTREMA,
    FAMILIES,
    MARK_FAMILIES,
    RELATIONS,
    Description,
    Question,
    phrasings,
)
from blindspot.scenes.scene import ATTRIBUTES, COLOURS, SIZES, Scene, Thing

TRIES = 60  # draws before giving up; a scene of two things may have no valid question of a family
NONE_THERE = 0.15  # share of counting questions whose answer should be 0
OVERLAPPING = 0.8  # share of occlusion questions that are about figures that overlap


def families_of(scene: Scene) -> tuple[str, ...]:
    """Returns the families of questions that can be asked about a scene or about marks."""
    return MARK_FAMILIES if scene.drawn else FAMILIES


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
    found = (_draw(scene, family, rng, rng.random() < full) for _ in range(TRIES))
    return next((question for question in found if question is not None), None)


def ask(question: Question, rng: random.Random) -> str:
    """Returns the question in English, in a phrasing drawn uniformly."""
    return rng.choice(phrasings(question))


def _draw(scene: Scene, family: str, rng: random.Random, full: bool) -> Question | None:
    thing, other = rng.choice(scene.things), rng.choice(scene.things)
    if family in ("existence", "counting", "comparison"):
        question = _draw_about_sets(scene, family, rng, full)
    elif family in ("colour", "shape", "size", "text"):
        question = Question(family, _describe(thing, rng, full, without=family), attribute=family)
    elif family == "extremum":
        attribute = rng.choice(thing.attributes)
        described = rng.random() < 0.5 or thing.shape == LABEL
        subject = _describe(thing, rng, False, without=attribute) if described else Description()
        question = Question(family, subject, attribute=attribute, word=rng.choice(EXTREMA))
    else:
        if family == "occlusion" and (pairs := _overlapping(scene)) and rng.random() < OVERLAPPING:
            thing, other = rng.choice(pairs)
        question = None if thing == other else _draw_about_two(thing, other, family, rng, full)
    return replace(question, drawn=True) if question and scene.drawn else question


def _draw_about_two(thing: Thing, other: Thing, family: str, rng: random.Random, full: bool) -> Question | None:
    if family == "relation":
        word = rng.choice([*RELATIONS])
        if holds(word, thing, other) != (rng.random() < 0.5):
            return None
        return Question(family, _describe(thing, rng, full), word=word, other=_describe(other, rng, full))
    if family == "occlusion":
        subject, second = _describe(thing, rng, full), _describe(other, rng, full)
        return Question(family, subject, word=rng.choice([*DEPTHS]), other=second)
    attribute = rng.choice([name for name in thing.attributes if (family, name) != ("same", "text")])
    if family == "same":
        if (getattr(thing, attribute) == getattr(other, attribute)) != (rng.random() < 0.5):
            return None
        subject, second = (_describe(one, rng, full, without=attribute) for one in (thing, other))
        return Question(family, subject, attribute=attribute, other=second)
    held = [word for word in RELATIONS | DEPTHS if holds(word, thing, other)]
    if not held:
        return None
    word = rng.choice(held)
    subject = _describe(thing, rng, False, without=attribute)
    return Question(family, subject, attribute=attribute, word=word, other=_describe(other, rng, full))


def _overlapping(scene: Scene) -> list[tuple[Thing, Thing]]:
    """Returns the pairs of things that overlap, each in both orders."""
    return [(one, other) for one, other in permutations(scene.things, 2) if 0 < one.pile == other.pile]


def _draw_about_sets(scene: Scene, family: str, rng: random.Random, full: bool) -> Question | None:
    if family == "comparison":
        subject, other = (_describe(rng.choice(scene.things), rng, full) for _ in range(2))
        return Question(family, subject, word=rng.choice(COMPARISONS), other=other)
    subject = _describe(rng.choice(scene.things), rng, full)
    if rng.random() >= (NONE_THERE if family == "counting" else 0.5):
        return Question(family, subject)
    absent = Description(rng.choice(SIZES), rng.choice(COLOURS), rng.choice(scene.shapes))
    kept = {name for name in ATTRIBUTES if getattr(subject, name)}
    absent = Description(**{name: getattr(absent, name) for name in kept})
    return None if matching(absent, scene) else Question(family, absent)


def _describe(thing: Thing, rng: random.Random, full: bool, without: str | None = None) -> Description:
    """Describes the thing by all attributes (`full`) or by a random, non-empty subset, but never by `without`.

    The description of a label always says that it is one.
    """
    names = [name for name in ATTRIBUTES if name != without]
    kept = names if full else rng.sample(names, rng.randint(1, len(names)))
    if thing.shape == LABEL and "shape" not in kept:
        kept = [*kept, "shape"]
    return Description(**{name: getattr(thing, name) for name in kept})
