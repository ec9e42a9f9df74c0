"""The list of cells."""

import random
from collections import Counter

from blindspot.scenes.cells import ANY, all_cells
from blindspot.scenes.gaps import Gap, facts_of
from blindspot.scenes.oracle import rule_question
from blindspot.scenes.question import FAMILIES
from blindspot.scenes.scene import random_scene
from blindspot.scenes.templates import draw_question


def test_each_cell_is_listed_once_under_a_name_and_a_condition_of_its_own() -> None:
    cells = all_cells()
    assert len({cell.name for cell in cells}) == len({cell.condition for cell in cells}) == len(cells)
    assert {cell.family for cell in cells} == {*FAMILIES, ANY}
    named = {cell.name: cell.condition for cell in cells}
    assert named["counting × answer 4 or more"] == "family == counting and answer >= 4"
    assert named["relation × left of"] == "family == relation and word == left_of"
    assert named["any family × star said"] == "shape == star"
    assert named["existence"] == "family == existence"


def test_every_cell_holds_questions_of_its_family_alone() -> None:
    cells, rng, found = all_cells(), random.Random(0), Counter[str]()
    gaps = [Gap(cell.condition) for cell in cells]
    for _ in range(500):
        scene = random_scene(rng)
        for family in FAMILIES:
            question = draw_question(scene, family, rng)
            if question is None:
                continue
            facts = facts_of(rule_question(question, scene), scene)
            inside = [cell for cell, gap in zip(cells, gaps, strict=True) if gap.holds(facts)]
            assert {cell.family for cell in inside} <= {family, ANY}
            assert family in {cell.name for cell in inside}
            found.update(cell.name for cell in inside)
    assert set(found) == {cell.name for cell in cells}
