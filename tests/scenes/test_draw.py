"""Tests the pictures of scenes."""

import random

import numpy as np
import pytest

from blindspot.scenes.draw import BACKGROUND, PALETTE, draw
from blindspot.scenes.scene import COLOURS, GRID, SHAPES, SIZES, Scene, Thing, random_scene

RINGING = 12  # of 255 levels: how much resampling may overshoot at an edge


@pytest.mark.parametrize(("size", "count"), [(48, 30), (448, 2), (50, 5)])
def test_cell_centres_have_the_colour_of_their_thing_or_the_background(size: int, count: int) -> None:
    rng = random.Random(size)
    for _ in range(count):
        scene = random_scene(rng)
        image = draw(scene, size)
        assert (image.size, image.mode) == ((size, size), "RGB")
        colours = {(thing.row, thing.column): PALETTE[thing.colour] for thing in scene.things}
        for row in range(GRID):
            for column in range(GRID):
                centre = int((column + 0.5) * size / GRID), int((row + 0.5) * size / GRID)
                assert near(image.getpixel(centre), colours.get((row, column), BACKGROUND))


@pytest.mark.parametrize("size", [48, 448])
@pytest.mark.parametrize("shape", SHAPES)
def test_a_thing_stays_within_its_cell(shape: str, size: int) -> None:
    pixels = np.asarray(draw(Scene((Thing(1, 1, "large", "red", shape),)), size), dtype=int)
    drawn = np.argwhere(np.abs(pixels - BACKGROUND).max(axis=2) > RINGING)
    assert drawn.min() >= size // 3 and drawn.max() < size - size // 3


def test_every_look_gives_a_different_picture() -> None:
    looks = [(size, colour, shape) for size in SIZES for colour in COLOURS for shape in SHAPES]
    assert len({draw(Scene((Thing(1, 1, *look),)), 48).tobytes() for look in looks}) == len(looks)


def test_drawing_is_deterministic_and_independent_of_the_order_of_things() -> None:
    scene = random_scene(random.Random(3))
    assert draw(scene, 48).tobytes() == draw(Scene(scene.things[::-1]), 48).tobytes()


def near(pixel: object, colour: tuple[int, int, int]) -> bool:
    """Returns whether the pixel has the colour, up to resampling."""
    assert isinstance(pixel, tuple)
    return all(abs(is_ - should) <= RINGING for is_, should in zip(pixel, colour, strict=True))
