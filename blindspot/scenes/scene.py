"""A scene: up to nine things on a 3 × 3 grid, each with a size, a colour and a shape. Every fact is known exactly."""

import json
import random
from dataclasses import asdict, dataclass

from blindspot.errors import BlindspotError
from blindspot.records.image import Image

COLOURS = ("red", "green", "blue", "yellow", "purple", "orange")
SHAPES = ("circle", "square", "triangle", "star")
SIZES = ("small", "large")
GRID = 3
ATTRIBUTES = {"size": SIZES, "colour": COLOURS, "shape": SHAPES}


@dataclass(frozen=True, order=True)
class Thing:
    """A thing in a scene. `row` and `column` count from the top left, from 0 to GRID - 1."""

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


@dataclass(frozen=True)
class Scene:
    """The things of one image, sorted by row and column, at most one in each place."""

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


def scene_of(image: Image, consequence: str, fix: str) -> Scene:
    """Returns the scene in the image's metadata.

    Raises BlindspotError if the scene cannot be read, or if there is none. In the latter case the message says the
    `consequence` and the `fix`.
    """
    if image.scene is None:
        raise BlindspotError(f"image {image.image_id} has no scene, so {consequence}", fix)
    try:
        return Scene.from_json(image.scene)
    except ValueError as error:
        raise BlindspotError(
            f"the scene of image {image.image_id} cannot be read ({error})", "run the prepare stage again"
        ) from None


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
