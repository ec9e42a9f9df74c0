"""Tests scenes and their JSON form."""

import json
import random

import pytest
from hypothesis import given

from blindspot.scenes.scene import Scene, Thing, random_scene
from tests.scenes.strategies import FEW, SCENES

STAR = {"row": 0, "column": 1, "size": "small", "colour": "red", "shape": "star"}


@given(SCENES)
@FEW
def test_json_round_trip(scene: Scene) -> None:
    assert Scene.from_json(scene.to_json()) == scene
    assert "\n" not in scene.to_json()


@pytest.mark.parametrize(
    "things",
    [
        "",
        "{",
        "3",
        "null",
        '"star"',
        '{"row": 1}',
        "[1]",
        "[{}]",
        json.dumps([STAR, STAR]),
        json.dumps([STAR | {"row": 3}]),
        json.dumps([STAR | {"column": -1}]),
        json.dumps([STAR | {"row": "0"}]),
        json.dumps([STAR | {"colour": "pink"}]),
        json.dumps([STAR | {"size": None}]),
        json.dumps([STAR | {"weight": 1}]),
    ],
)
def test_any_other_text_is_an_error(things: str) -> None:
    with pytest.raises(ValueError):
        Scene.from_json(things)


def test_things_are_sorted_by_row_and_column() -> None:
    a, b = Thing(0, 2, "large", "red", "star"), Thing(1, 0, "small", "blue", "circle")
    assert Scene((b, a)) == Scene((a, b)) and Scene((b, a)).things == (a, b)


def test_random_scenes_have_two_to_nine_things_and_depend_on_the_seed() -> None:
    rng = random.Random(0)
    assert {len(random_scene(rng).things) for _ in range(300)} == set(range(2, 10))
    assert random_scene(random.Random(5)) == random_scene(random.Random(5)) != random_scene(random.Random(6))
