"""Compares the oracle on marks with an independent evaluator."""

import random
from collections import Counter

from blindspot.scenes.oracle import rule
from blindspot.scenes.question import MARK_FAMILIES
from blindspot.scenes.templates import ask, draw_freely
from tests.marks.brute_force import opinion
from tests.marks.scenes import any_marks


def disagreements(count: int, seed: int) -> tuple[list[str], Counter[tuple[str, str | None]]]:
    """Returns the questions on which oracle and evaluator differ, and how often each ruling was seen, by family."""
    rng, wrong, seen = random.Random(seed), list[str](), Counter[tuple[str, str | None]]()
    for _ in range(count):
        scene, family = any_marks(rng), rng.choice(MARK_FAMILIES)
        question = draw_freely(scene if rng.random() < 0.7 else any_marks(rng), family, rng, full=0.3)
        if question is None:
            continue
        text = ask(question, rng)
        ruling = rule(text, scene)
        seen[family, ruling.reason] += 1
        if (ruling.reason, ruling.answer) != opinion(scene.to_json(), text) or ruling.question != question:
            wrong.append(f"{text} {ruling} {opinion(scene.to_json(), text)} {scene.to_json()}")
    return wrong, seen
