"""Meta-skills are stable when skills are left out or come in another order."""

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


def test_skills_are_grouped_by_their_verb() -> None:
    assert {group.skills for group in group_skills(NAMES, seed=0)} == GROUPS


@pytest.mark.parametrize("seed", range(5))
def test_groups_depend_neither_on_the_seed_nor_on_the_other_skills(seed: int) -> None:
    dice = random.Random(seed)
    kept = sorted(dice.sample(NAMES, 13))
    assert {group.skills for group in group_skills(kept, seed)} == {
        tuple(name for name in group if name in kept) for group in GROUPS
    }


@pytest.mark.parametrize("names", [[], ["counting"], ["counting", "reading text"], ["a", "a b", "telling the colour"]])
def test_too_few_skills_form_one_group(names: list[str]) -> None:
    assert [name for group in group_skills(names, seed=0) for name in group.skills] == sorted(names)
    assert len(group_skills(names, seed=0)) == min(len(names), 1)
