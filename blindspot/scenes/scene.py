"""A scene: up to nine coloured, sized, shaped things on a 3 × 3 grid, every fact of which is known."""

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
    """One drawn thing. `row` and `column` count from the top left, 0 to GRID - 1."""

    row: int
    column: int
    size: str
    colour: str
    shape: str

    def __post_init__(self) -> None:
        """Raise ValueError where a thing lies off the grid or has an unknown attribute."""
        if not (0 <= self.row < GRID and 0 <= self.column < GRID):
            raise ValueError(f"a thing at row {self.row}, column {self.column} lies off the {GRID} × {GRID} grid")
        for attribute, values in ATTRIBUTES.items():
            if getattr(self, attribute) not in values:
                raise ValueError(f"{attribute} {getattr(self, attribute)!r} is not one of {', '.join(values)}")


@dataclass(frozen=True)
class Scene:
    """The things of one image, in reading order, at most one in each place."""

    things: tuple[Thing, ...]

    def __post_init__(self) -> None:
        """Raise ValueError where two things share a place."""
        places = [(thing.row, thing.column) for thing in self.things]
        if len(set(places)) < len(places):
            raise ValueError("two things share a place")
        object.__setattr__(self, "things", tuple(sorted(self.things)))

    def to_json(self) -> str:
        """The scene as one line of JSON, the form it has in an image's metadata."""
        return json.dumps([asdict(thing) for thing in self.things], separators=(",", ":"))

    @staticmethod
    def from_json(text: str) -> "Scene":
        """The scene that `to_json` wrote. Raises ValueError for any other text."""
        try:
            return Scene(tuple(Thing(**thing) for thing in json.loads(text)))
        except TypeError as error:
            raise ValueError(f"no scene: {error}") from error


def scene_of(image: Image, consequence: str, mend: str) -> Scene:
    """The scene in an image's metadata.

    Raises BlindspotError where it cannot be read, or where there is none, with the `consequence` and the `mend`.
    """
    if image.scene is None:
        raise BlindspotError(f"image {image.image_id} has no scene, so {consequence}", mend)
    try:
        return Scene.from_json(image.scene)
    except ValueError as error:
        raise BlindspotError(
            f"the scene of image {image.image_id} cannot be read ({error})", "repeat prepare"
        ) from None


def random_scene(rng: random.Random) -> Scene:
    """A scene of 2 to 9 things: their number, places and attributes drawn uniformly and independently."""
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
