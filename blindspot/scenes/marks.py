"""Marks: figures and labels that are drawn over a photograph. Every fact about them is known exactly."""

import json
from dataclasses import dataclass
from typing import Any, ClassVar

from blindspot.scenes.scene import ATTRIBUTES, SHAPES, Scene, Thing

LABEL = "label"  # a coloured plate with a text
MOST = 9  # marks in a picture: a count is a number from 0 to 9
_WORDS = """
    APPLE BRIDGE CANDLE DESK EAGLE FOREST GARDEN HAMMER ISLAND JACKET KETTLE LEMON MARKET NEEDLE OCEAN PENCIL QUEEN
    RIVER SADDLE TICKET UNCLE VALLEY WINDOW ZEBRA BREAD CHAIR DREAM FLUTE GRAPE HORSE KNIFE LADDER MUSIC NORTH PAPER
    ROBOT SUGAR TIGER WATER MIRROR
"""
_CODES = "A7K C4M E9T F3X H6P K2R M7E N4W P9A R3H T6F W2C X7N A3F C9H E4K F7M H2T K6X M3P"
#: The texts of labels: words, and codes without characters that look like others (0, 1, 5, 8; O, I, S, B).
TEXTS = (*_WORDS.split(), *_CODES.split())


@dataclass(frozen=True)
class Mark(Thing):
    """A figure or a label. All lengths are in px of the picture.

    `row`, `column`: its centre, from the top left. `shape`: one of SHAPES, or LABEL. `width`, `height`: with its
    outline. `text`: of a label. `pile`: marks with the same number, other than 0, overlap. `layer`: a mark with a
    higher one lies in front.
    """

    width: int = 0
    height: int = 0
    text: str | None = None
    pile: int = 0
    layer: int = 0
    apart: int = 1

    def __post_init__(self) -> None:
        """Raises ValueError if a value is of the wrong type or unknown, or if a text is not that of a label."""
        numbers = (self.row, self.column, self.width, self.height, self.pile, self.layer, self.apart)
        if not all(type(number) is int and number >= 0 for number in numbers):
            raise ValueError("a length of a mark is not a whole number")
        for attribute, values in (ATTRIBUTES | {"shape": (*SHAPES, LABEL)}).items():
            if getattr(self, attribute) not in values:
                raise ValueError(f"{attribute} {getattr(self, attribute)!r} is not one of {', '.join(values)}")
        if (self.text is None) if self.shape == LABEL else (self.text is not None):
            raise ValueError(f"a {self.shape} has the text {self.text!r}")
        if self.text is not None and self.text not in TEXTS:
            raise ValueError(f"text {self.text!r} is not one of those of labels")

    @property
    def attributes(self) -> tuple[str, ...]:
        """The attributes that a question can ask for."""
        return ("size", "colour", "text" if self.shape == LABEL else "shape")


@dataclass(frozen=True)
class MarkScene(Scene):
    """The marks of one picture, the hindmost first. Positions that differ by less than `apart` px have no clear order.

    `width`, `height`: of the picture.
    """

    drawn = True
    shapes: ClassVar[tuple[str, ...]] = (*SHAPES, LABEL)
    things: tuple[Mark, ...]
    width: int = 0
    height: int = 0

    def __post_init__(self) -> None:
        """Raises ValueError if there are too many marks, or if a mark lies outside of the picture."""
        if not 0 < len(self.things) <= MOST:
            raise ValueError(f"a picture has 1 to {MOST} marks, not {len(self.things)}")
        for mark in self.things:
            inside = mark.width <= 2 * mark.column <= 2 * self.width - mark.width
            if not inside or not mark.height <= 2 * mark.row <= 2 * self.height - mark.height:
                raise ValueError(f"a mark at row {mark.row}, column {mark.column} lies outside of the picture")

    def to_json(self) -> str:
        """Returns the marks as one line of JSON, as they are stored in an image's metadata."""
        marks = [
            {"x": mark.column, "y": mark.row, "width": mark.width, "height": mark.height}
            | {"size": mark.size, "colour": mark.colour, "shape": mark.shape}
            | ({} if mark.text is None else {"text": mark.text})
            | ({"pile": mark.pile} if mark.pile else {})
            for mark in self.things
        ]
        values = {"width": self.width, "height": self.height, "apart": self.things[0].apart, "marks": marks}
        return json.dumps(values, separators=(",", ":"))

    @staticmethod
    def from_json(text: str) -> "MarkScene":
        """Reads the output of `to_json`. Raises ValueError for any other text."""
        try:
            values = json.loads(text)
            marks = [_mark(one, layer, values["apart"]) for layer, one in enumerate(values["marks"])]
            return MarkScene(tuple(marks), values["width"], values["height"])
        except (TypeError, KeyError, AttributeError) as error:
            raise ValueError(f"no marks: {error}") from error


def _mark(values: dict[str, Any], layer: int, apart: int) -> Mark:
    place = {"row": values.pop("y"), "column": values.pop("x")}
    return Mark(**place, **values, layer=layer, apart=apart)
