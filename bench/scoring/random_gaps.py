"""Gaps drawn at random, so that a search can be measured on weaknesses that nobody tuned it to."""

import random

from bench.scoring.slices import ANY, WORDS
from blindspot.scenes.question import FAMILIES, RELATIONS
from blindspot.scenes.scene import ATTRIBUTES

GAPS = 4  # of a candidate


def random_gaps(seed: int) -> list[str]:
    """GAPS different ones: a family with an answer, a word said or a word it turns on, or a relation with a look."""
    rng, gaps = random.Random(seed), list[str]()
    while len(gaps) < GAPS:
        gap = rng.choice((_answered, _said, _turning, _related, _asking))(rng)
        if gap not in gaps:
            gaps.append(gap)
    return gaps


def _answered(rng: random.Random) -> str:
    family = rng.choice([name for name in FAMILIES if name not in ("extremum", "two_hop")])
    if family == "counting":
        return f"family == counting and answer >= {rng.choice((2, 3, 4))}"
    return f"family == {family} and answer == {rng.choice(ATTRIBUTES.get(family, ('yes', 'no')))}"


def _said(rng: random.Random) -> str:
    family = rng.choice(FAMILIES)
    attribute = rng.choice([name for name in ATTRIBUTES if name != family])
    return f"family == {family} and {attribute} == {rng.choice(ATTRIBUTES[attribute])}"


def _turning(rng: random.Random) -> str:
    family = rng.choice([name for name in WORDS if name != ANY])
    return f"family == {family} and word == {rng.choice(WORDS[family])}"


def _related(rng: random.Random) -> str:
    attribute = rng.choice([*ATTRIBUTES])
    return f"{attribute} == {rng.choice(ATTRIBUTES[attribute])} and relation == {rng.choice([*RELATIONS])}"


def _asking(rng: random.Random) -> str:
    return f"family == {rng.choice(('extremum', 'same', 'two_hop'))} and attribute == {rng.choice([*ATTRIBUTES])}"
