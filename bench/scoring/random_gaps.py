"""Draws gaps at random, to measure a search on weaknesses that it was not tuned on."""

import random
from collections.abc import Sequence

from bench.scoring.slices import ANY, WORDS
from blindspot.scenes.question import FAMILIES, RELATIONS
from blindspot.scenes.scene import ATTRIBUTES

GAPS = 4  # of a candidate


def random_gaps(seed: int, number: int = GAPS, depths: Sequence[int] = (2,)) -> list[str]:
    """Returns `number` different gaps, each of as many conditions as one of `depths`: 1, 2 or 3.

    One condition: a relation, a word of a description, or a family. Two: a family with an answer, with a word of a
    description, with its deciding word, or with the attribute asked for; or a relation with a word of a description.
    Three: two conditions and the size of an object.
    """
    rng, gaps = random.Random(seed), list[str]()
    while len(gaps) < number:
        gap = _of_depth(rng.choice(depths) if len(depths) > 1 else depths[0], rng)
        if gap not in gaps:
            gaps.append(gap)
    return gaps


def _of_depth(depth: int, rng: random.Random) -> str:
    if depth == 1:
        return rng.choice((_relation, _family, _description))(rng)
    gap = rng.choice((_by_answer, _by_description, _by_word, _by_relation, _by_attribute))(rng)
    return gap if depth == 2 else f"{gap} and size == {rng.choice(ATTRIBUTES['size'])}"


def _relation(rng: random.Random) -> str:
    return f"relation == {rng.choice([*RELATIONS])}"


def _family(rng: random.Random) -> str:
    return f"family == {rng.choice(FAMILIES)}"


def _description(rng: random.Random) -> str:
    attribute = rng.choice(("colour", "shape"))
    return f"{attribute} == {rng.choice(ATTRIBUTES[attribute])}"


def _by_answer(rng: random.Random) -> str:
    family = rng.choice([name for name in FAMILIES if name not in ("extremum", "two_hop")])
    if family == "counting":
        return f"family == counting and answer >= {rng.choice((2, 3, 4))}"
    return f"family == {family} and answer == {rng.choice(ATTRIBUTES.get(family, ('yes', 'no')))}"


def _by_description(rng: random.Random) -> str:
    family = rng.choice(FAMILIES)
    attribute = rng.choice([name for name in ATTRIBUTES if name != family])
    return f"family == {family} and {attribute} == {rng.choice(ATTRIBUTES[attribute])}"


def _by_word(rng: random.Random) -> str:
    family = rng.choice([name for name in WORDS if name != ANY])
    return f"family == {family} and word == {rng.choice(WORDS[family])}"


def _by_relation(rng: random.Random) -> str:
    attribute = rng.choice([*ATTRIBUTES])
    return f"{attribute} == {rng.choice(ATTRIBUTES[attribute])} and relation == {rng.choice([*RELATIONS])}"


def _by_attribute(rng: random.Random) -> str:
    return f"family == {rng.choice(('extremum', 'same', 'two_hop'))} and attribute == {rng.choice([*ATTRIBUTES])}"
