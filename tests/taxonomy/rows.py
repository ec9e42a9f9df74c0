"""Builds rollouts with verdicts on real scenes: oracle templates, and a candidate with a planted gap."""

import random
from collections.abc import Callable
from typing import Any

import pandas as pd

from blindspot.scenes.oracle import Ruling, rule_question
from blindspot.scenes.question import FAMILIES
from blindspot.scenes.scene import ATTRIBUTES, Scene, random_scene
from blindspot.scenes.templates import ask, draw_question

Gap = Callable[[str, Ruling], bool]


def counts_badly(question: str, ruling: Ruling) -> bool:
    """Returns whether the default gap applies: a true count of four or more, or a relation with something purple."""
    many = ruling.family == "counting" and int(ruling.answer or 0) >= 4
    return many or (ruling.family == "relation" and "purple" in question)


def scenes(number: int, seed: int = 0) -> dict[str, Scene]:
    """Returns scenes by image id."""
    rng = random.Random(seed)
    return {f"test-{index:05d}": random_scene(rng) for index in range(number)}


def make_rows(calls: int, gap: Gap = counts_badly, noise: float = 0.05, seed: int = 0) -> pd.DataFrame:
    """Returns `calls` rollouts of each method, with the columns of rollouts.parquet and verdicts.parquet."""
    rng = random.Random(seed)
    images = scenes(max(calls // 2, 1), seed)
    rows, names = [], list(images)
    for method in ("trained", "base", "templates"):
        for index in range(calls):
            image_id = rng.choice(names)
            rows.append(_row(f"{method}-{index:05d}", method, image_id, images[image_id], gap, noise, rng))
    return pd.DataFrame(rows)


def _row(
    rollout_id: str, method: str, image_id: str, scene: Scene, gap: Gap, noise: float, rng: random.Random
) -> dict[str, Any]:
    families = [*FAMILIES, *(["counting", "relation"] * 4 if method == "trained" else [])]
    question = None
    while question is None:
        question = draw_question(scene, rng.choice(families), rng, full=0.5)
    text = ask(question, rng)
    ruling = rule_question(question, scene)
    wrong = gap(text, ruling) or rng.random() < noise
    answer = _other(str(ruling.answer), question.answer_kind) if wrong else str(ruling.answer)
    invalid = method == "base" and rng.random() < 0.2
    return {
        "rollout_id": rollout_id,
        "method": method,
        "image_id": image_id,
        "question": text,
        "answer": answer,
        "outcome": "invalid" if invalid else "failure" if wrong else "correct",
        "reason": "no_referent" if invalid else None,
        "reference": None if invalid else ruling.answer,
        "family": ruling.family,
        "questioner": f"{method}@0",
        "candidate": "scripted@0",
        "verifier": "oracle",
        "persists": None,
        "error": None,
        "target": (),
    }


def _other(answer: str, kind: str) -> str:
    if kind == "number":
        return str(int(answer) - 1 if answer != "0" else 1)
    if kind == "yes_no":
        return "no" if answer == "yes" else "yes"
    return next(value for value in ATTRIBUTES[kind] if value != answer)
