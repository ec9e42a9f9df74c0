"""Logs of answers to questions about images, with known error rates of each kind of question or with given values."""

import math
from collections.abc import Mapping
from random import Random
from typing import Any

import pandas as pd

THINGS = ("dog", "car", "chair", "bird", "kite", "lamp", "plate", "horse", "boat", "mirror")
COLOURS = ("red", "blue", "green", "white", "black", "brown")
PEOPLE = ("man", "woman", "boy", "girl", "farmer")
SIDES = ("left", "right")
#: kind of question → question and true answers
KINDS = {
    "counting": ("How many {}s are there?", ("1", "2", "3", "4")),
    "colour": ("What colour is the {}?", COLOURS),
    "place": ("On which side of the picture is the {}?", SIDES),
    "person": ("Who is next to the {}?", PEOPLE),
    "presence": ("Is there a {} in the picture?", ("yes", "no")),
    "position": ("Is the {} to the left of the {}?", ("yes", "no")),
}
FLAT = dict.fromkeys(KINDS, 0.3)
PLANTED = dict.fromkeys(KINDS, 0.1) | {"counting": 0.7}
#: An answer "cat" without a verdict.
ANSWERED = {"question": "What is it?", "options": {}, "references": ["cat"], "answer": "cat", "wrong": math.nan}


def drawn(rates: Mapping[str, float], seed: int = 0, rows: int = 1200, images: int = 600) -> pd.DataFrame:
    """Returns a log whose answers to each kind of question are wrong at the given rate.

    Columns: id, question, reference, prediction, wrong, image_id.
    """
    random = Random(f"{sorted(rates.items())} {seed}")
    return pd.DataFrame([_row(rates, random, number, images) for number in range(rows)])


def _row(rates: Mapping[str, float], random: Random, number: int, images: int) -> dict[str, object]:
    kind = random.choice([*KINDS])
    question, answers = KINDS[kind]
    reference = random.choice(answers)
    wrong = random.random() < rates[kind]
    return {
        "id": f"q{number}",
        "question": question.format(*random.sample(THINGS, question.count("{}"))),
        "reference": reference,
        "prediction": random.choice([one for one in answers if one != reference]) if wrong else reference,
        "wrong": int(wrong),
        "image_id": f"im{random.randrange(images)}",
    }


def log(*rows: dict[str, Any]) -> pd.DataFrame:
    """Returns an answers frame of these values; every other value is that of an answer "cat" without a verdict."""
    frame = pd.DataFrame([{"model": "m", "unscored": None, **ANSWERED, **row} for row in rows])
    return frame.set_axis(range(10, 10 + len(frame)))
