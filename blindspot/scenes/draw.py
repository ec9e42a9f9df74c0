"""Draws scenes as pictures."""

import math
import random
from collections.abc import Sequence
from pathlib import Path

from PIL import Image as Pictures
from PIL import ImageDraw

from blindspot.records.image import Image
from blindspot.scenes.scene import GRID, Scene, Thing, random_scene

BACKGROUND = (236, 236, 232)
PALETTE = {
    "red": (214, 39, 40),
    "green": (38, 150, 60),
    "blue": (40, 90, 220),
    "yellow": (240, 205, 30),
    "purple": (140, 50, 170),
    "orange": (250, 130, 20),
}
RADIUS = {"small": 0.22, "large": 0.42}  # as a share of the side of a grid cell
IMAGE_SIZE = 48  # px, the input size of the embedded models
SUPERSAMPLING = 4  # pictures are drawn this many times larger and then reduced, for smooth edges at any size


def draw(scene: Scene, size: int) -> Pictures.Image:
    """Returns an RGB picture of the scene, `size` × `size` pixels."""
    canvas = Pictures.new("RGB", (size * SUPERSAMPLING,) * 2, BACKGROUND)
    pen = ImageDraw.Draw(canvas)
    cell = size * SUPERSAMPLING / GRID
    for thing in scene.things:
        _draw_thing(pen, thing, cell)
    return canvas.resize((size, size), Pictures.Resampling.LANCZOS)


def draw_scenes(count: int, seed: int) -> list[Scene]:
    """Returns `count` random scenes. The same seed gives the same scenes."""
    rng = random.Random(seed)
    return [random_scene(rng) for _ in range(count)]


def pictures_of(scenes: Sequence[Scene], folder: Path) -> list[Image]:
    """Draws the scenes as PNG files in `folder`, IMAGE_SIZE pixels wide, and returns them as images."""
    images = []
    for index, scene in enumerate(scenes):
        path = folder / f"{index:05d}.png"
        draw(scene, IMAGE_SIZE).save(path)
        images.append(Image(path.stem, path, "exam", scene.to_json()))
    return images


def _draw_thing(pen: ImageDraw.ImageDraw, thing: Thing, cell: float) -> None:
    x, y = (thing.column + 0.5) * cell, (thing.row + 0.5) * cell
    radius = RADIUS[thing.size] * cell
    colour = PALETTE[thing.colour]
    if thing.shape == "circle":
        pen.ellipse((x - radius, y - radius, x + radius, y + radius), fill=colour)
    elif thing.shape == "square":
        half = radius * 0.88
        pen.rectangle((x - half, y - half, x + half, y + half), fill=colour)
    elif thing.shape == "triangle":
        pen.polygon(corners(x, y + radius * 0.15, (radius * 1.1,) * 3), fill=colour)
    else:
        pen.polygon(corners(x, y, (radius * 1.1, radius * 0.45) * 5), fill=colour)


def corners(x: float, y: float, radii: tuple[float, ...]) -> list[tuple[float, float]]:
    """Returns a point at each radius, at equal angles around (x, y), clockwise from the top."""
    step = 2 * math.pi / len(radii)
    return [(x + r * math.sin(i * step), y - r * math.cos(i * step)) for i, r in enumerate(radii)]
