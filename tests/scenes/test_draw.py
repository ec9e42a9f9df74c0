"""Pictures of scenes."""

import random

import numpy as np
import pytest

from blindspot.scenes.draw import BACKGROUND, PALETTE, draw
from blindspot.scenes.scene import COLOURS, GRID, SHAPES, SIZES, Scene, Thing, random_scene

RINGING = 12  # levels of 255 by which smoothing overshoots beside an edge


@pytest.mark.parametrize(("size", "count"), [(48, 30), (448, 2), (50, 5)])
def test_each_thing_has_its_colour_at_its_centre_and_empty_cells_none(size: int, count: int) -> None:
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
def test_no_thing_leaves_its_cell(shape: str, size: int) -> None:
    pixels = np.asarray(draw(Scene((Thing(1, 1, "large", "red", shape),)), size), dtype=int)
    drawn = np.argwhere(np.abs(pixels - BACKGROUND).max(axis=2) > RINGING)
    assert drawn.min() >= size // 3 and drawn.max() < size - size // 3


def test_every_look_makes_another_picture() -> None:
    looks = [(size, colour, shape) for size in SIZES for colour in COLOURS for shape in SHAPES]
    assert len({draw(Scene((Thing(1, 1, *look),)), 48).tobytes() for look in looks}) == len(looks)


def test_a_scene_is_drawn_the_same_each_time_and_whatever_the_order_of_its_things() -> None:
    scene = random_scene(random.Random(3))
    assert draw(scene, 48).tobytes() == draw(Scene(scene.things[::-1]), 48).tobytes()


def near(pixel: object, colour: tuple[int, int, int]) -> bool:
    """Equal but for the smoothing."""
    assert isinstance(pixel, tuple)
    return all(abs(is_ - should) <= RINGING for is_, should in zip(pixel, colour, strict=True))
