"""The list of slices."""

import random
from collections import Counter

from bench.scoring.slices import ANY, all_slices
from blindspot.scenes.gaps import Gap, facts_of
from blindspot.scenes.oracle import rule_question
from blindspot.scenes.question import FAMILIES
from blindspot.scenes.scene import random_scene
from blindspot.scenes.templates import draw_question


def test_each_slice_has_a_unique_name_and_a_unique_condition() -> None:
    slices = all_slices()
    assert len({slice_.name for slice_ in slices}) == len({slice_.condition for slice_ in slices}) == len(slices)
    assert {slice_.family for slice_ in slices} == {*FAMILIES, ANY}
    named = {slice_.name: slice_.condition for slice_ in slices}
    assert named["counting × answer 4 or more"] == "family == counting and answer >= 4"
    assert named["relation × left of"] == "family == relation and word == left_of"
    assert named["any family × star said"] == "shape == star"
    assert named["existence"] == "family == existence"


def test_every_slice_contains_only_questions_of_its_family() -> None:
    slices, rng, found = all_slices(), random.Random(0), Counter[str]()
    gaps = [Gap(slice_.condition) for slice_ in slices]
    for _ in range(500):
        scene = random_scene(rng)
        for family in FAMILIES:
            question = draw_question(scene, family, rng)
            if question is None:
                continue
            facts = facts_of(rule_question(question, scene), scene)
            inside = [slice_ for slice_, gap in zip(slices, gaps, strict=True) if gap.holds(facts)]
            assert {slice_.family for slice_ in inside} <= {family, ANY}
            assert family in {slice_.name for slice_ in inside}
            found.update(slice_.name for slice_ in inside)
    assert set(found) == {slice_.name for slice_ in slices}
