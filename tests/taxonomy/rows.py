"""Rollouts with their verdicts about real scenes: oracle templates asked of a candidate that fails where told to."""

import random
from collections.abc import Callable

import pandas as pd

from blindspot.scenes.oracle import Ruling, rule_question
from blindspot.scenes.question import FAMILIES
from blindspot.scenes.scene import ATTRIBUTES, Scene, random_scene
from blindspot.scenes.templates import ask, draw_question

Gap = Callable[[str, Ruling], bool]


def counts_badly(question: str, ruling: Ruling) -> bool:
    """The gap planted by default: true counts of four or more, and left-of with something purple."""
    many = ruling.family == "counting" and int(ruling.answer or 0) >= 4
    return many or (ruling.family == "relation" and "purple" in question)


def scenes(number: int, seed: int = 0) -> dict[str, Scene]:
    """Scenes by image id."""
    rng = random.Random(seed)
    return {f"test-{index:05d}": random_scene(rng) for index in range(number)}


def make_rows(calls: int, gap: Gap = counts_badly, noise: float = 0.05, seed: int = 0) -> pd.DataFrame:
    """`calls` rollouts a method with their verdicts: the columns of rollouts.parquet and verdicts.parquet together."""
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
) -> dict[str, str | None]:
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
    }


def _other(answer: str, kind: str) -> str:
    if kind == "number":
        return str(int(answer) - 1 if answer != "0" else 1)
    if kind == "yes_no":
        return "no" if answer == "yes" else "yes"
    return next(value for value in ATTRIBUTES[kind] if value != answer)
