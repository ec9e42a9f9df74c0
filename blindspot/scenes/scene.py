"""A scene: up to nine things on a 3 × 3 grid, each with a size, a colour and a shape. Every fact is known exactly."""

import json
import random
from dataclasses import asdict, dataclass
from typing import ClassVar

COLOURS = ("red", "green", "blue", "yellow", "purple", "orange")
SHAPES = ("circle", "square", "triangle", "star")
SIZES = ("small", "large")
GRID = 3
ATTRIBUTES = {"size": SIZES, "colour": COLOURS, "shape": SHAPES}


@dataclass(frozen=True, order=True)
class Thing:
    """A thing in a scene. `row` and `column` count from the top left, from 0 to GRID - 1.

    `apart`: positions that differ, but by less than this, have no clear order.
    """

    apart = 1
    pile = layer = 0  # of things that overlap, which those on a grid never do
    row: int
    column: int
    size: str
    colour: str
    shape: str

    def __post_init__(self) -> None:
        """Raises ValueError if the thing lies off the grid or has an unknown attribute."""
        if not (0 <= self.row < GRID and 0 <= self.column < GRID):
            raise ValueError(f"a thing at row {self.row}, column {self.column} lies off the {GRID} × {GRID} grid")
        for attribute, values in ATTRIBUTES.items():
            if getattr(self, attribute) not in values:
                raise ValueError(f"{attribute} {getattr(self, attribute)!r} is not one of {', '.join(values)}")

    @property
    def attributes(self) -> tuple[str, ...]:
        """The attributes that a question can ask for."""
        return ("size", "colour", "shape")


@dataclass(frozen=True)
class Scene:
    """The things of one image, sorted by row and column, at most one in each place.

    `drawn`: whether the things are drawn over a photograph, so that a question must call them "drawn". `shapes`: the
    shapes that a description can name.
    """

    drawn = False
    shapes: ClassVar[tuple[str, ...]] = SHAPES
    things: tuple[Thing, ...]

    def __post_init__(self) -> None:
        """Raises ValueError if two things share a place."""
        places = [(thing.row, thing.column) for thing in self.things]
        if len(set(places)) < len(places):
            raise ValueError("two things share a place")
        object.__setattr__(self, "things", tuple(sorted(self.things)))

    def to_json(self) -> str:
        """Returns the scene as one line of JSON, as it is stored in an image's metadata."""
        return json.dumps([asdict(thing) for thing in self.things], separators=(",", ":"))

    @staticmethod
    def from_json(text: str) -> "Scene":
        """Reads the output of `to_json`. Raises ValueError for any other text."""
        try:
            return Scene(tuple(Thing(**thing) for thing in json.loads(text)))
        except TypeError as error:
            raise ValueError(f"not a scene: {error}") from error


def random_scene(rng: random.Random) -> Scene:
    """Returns a scene of 2 to 9 things. Their number, places and attributes are drawn uniformly and independently."""
    places = rng.sample(range(GRID * GRID), rng.randint(2, GRID * GRID))
    return Scene(
        tuple(
            Thing(
                row=place // GRID,
                column=place % GRID,
                size=rng.choice(SIZES),
                colour=rng.choice(COLOURS),
                shape=rng.choice(SHAPES),
            )
            for place in places
        )
    )
