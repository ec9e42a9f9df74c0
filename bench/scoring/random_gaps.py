"""Draws gaps at random, to measure a search on weaknesses that it was not tuned on."""

import random

from bench.scoring.slices import ANY, WORDS
from blindspot.scenes.question import FAMILIES, RELATIONS
from blindspot.scenes.scene import ATTRIBUTES

GAPS = 4  # per candidate


def random_gaps(seed: int) -> list[str]:
    """Returns GAPS different gaps.

    A gap is a family with an answer, with a word of a description, with its deciding word, or with the attribute asked
    for; or a relation with a word of a description.
    """
    rng, gaps = random.Random(seed), list[str]()
    while len(gaps) < GAPS:
        gap = rng.choice((_by_answer, _by_description, _by_word, _by_relation, _by_attribute))(rng)
        if gap not in gaps:
            gaps.append(gap)
    return gaps


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
