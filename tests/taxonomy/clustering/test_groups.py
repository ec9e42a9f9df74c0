"""Meta-skills: the same whatever order skills come in, and cut where leaving some out changes nothing."""

import random

import pytest

from blindspot.taxonomy.clustering.groups import group_skills

SIDES = ("left-of", "right-of", "above", "below")
NAMES = [f"{done} {what}" for done in ("judging", "reaching what is") for what in SIDES] + [
    "telling the colour",
    "telling the shape",
    "telling the size",
    "counting",
    "counting none",
    "counting up to three",
]
GROUPS = {
    ("counting", "counting none", "counting up to three"),
    tuple(sorted(f"judging {side}" for side in SIDES)),
    tuple(sorted(f"reaching what is {side}" for side in SIDES)),
    ("telling the colour", "telling the shape", "telling the size"),
}


def test_groups_are_by_what_is_done() -> None:
    assert {group.skills for group in group_skills(NAMES, seed=0)} == GROUPS


@pytest.mark.parametrize("seed", range(5))
def test_neither_the_seed_nor_what_is_left_out_changes_them(seed: int) -> None:
    dice = random.Random(seed)
    kept = sorted(dice.sample(NAMES, 13))
    assert {group.skills for group in group_skills(kept, seed)} == {
        tuple(name for name in group if name in kept) for group in GROUPS
    }


@pytest.mark.parametrize("names", [[], ["counting"], ["counting", "reading text"], ["a", "a b", "telling the colour"]])
def test_too_few_to_tell_groups_apart_are_one(names: list[str]) -> None:
    assert [name for group in group_skills(names, seed=0) for name in group.skills] == sorted(names)
    assert len(group_skills(names, seed=0)) == min(len(names), 1)
