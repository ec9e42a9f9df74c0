"""Tests the questions that the templates draw."""

import random
from collections import Counter

import pytest

from blindspot.scenes.oracle import rule
from blindspot.scenes.question import FAMILIES
from blindspot.scenes.scene import Scene, Thing, random_scene
from blindspot.scenes.templates import ask, draw_question
from tests.scenes.brute_force import opinion

DRAWS = 100


@pytest.mark.parametrize("full", [0.0, 1.0])
@pytest.mark.parametrize("family", FAMILIES)
def test_every_drawn_question_is_valid_and_of_its_family(family: str, full: float) -> None:
    """Fails for correct code with probability below 2e-3 over seeds, for each family.

    Binomial of 100 draws: at least 94 % have a valid question, 34 % to 63 % of the answers are yes, as measured in
    10,000 draws of each family or more.
    """
    rng = random.Random(f"{family} {full}")
    answers: Counter[str | None] = Counter()
    kinds: set[str] = set()
    for _ in range(DRAWS):
        scene = random_scene(rng)
        question = draw_question(scene, family, rng, full)
        if question is None:
            continue
        text = ask(question, rng)
        ruling = rule(text, scene)
        assert ruling.valid and ruling.question == question and question.family == family
        assert ruling.answer == opinion(scene.to_json(), text).answer
        answers[ruling.answer] += 1
        kinds.add(question.answer_kind)
    assert answers.total() > 0.85 * DRAWS  # a scene of two things may have no valid question
    if kinds == {"yes_no"}:
        assert 0.2 < answers["yes"] / answers.total() < 0.8


def test_some_counts_are_zero() -> None:
    rng = random.Random(2)
    answers: list[str | None] = []
    for _ in range(400):
        scene = random_scene(rng)
        question = draw_question(scene, "counting", rng)
        assert question is not None
        answers.append(rule(ask(question, rng), scene).answer)
    assert 0.05 < answers.count("0") / len(answers) < 0.25  # fails with probability 1e-3 (binomial: 9.2 % are zero)


def test_a_full_description_has_all_attributes() -> None:
    rng = random.Random(1)
    drawn = [draw_question(random_scene(rng), "relation", rng, full=1.0) for _ in range(50)]
    assert {len(question.subject.words().split()) for question in drawn if question} == {3}


def test_the_same_seed_draws_the_same_questions() -> None:
    def drawn() -> list[object]:
        rng = random.Random(7)
        return [draw_question(random_scene(rng), family, rng) for family in FAMILIES * 3]

    assert drawn() == drawn()


def test_no_question_is_drawn_if_none_is_valid() -> None:
    twins = Scene((Thing(0, 0, "small", "red", "star"), Thing(1, 1, "small", "red", "star")))
    assert draw_question(twins, "relation", random.Random(0)) is None
