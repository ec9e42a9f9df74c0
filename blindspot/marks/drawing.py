"""Draws figures and labels over a picture, each with the same double outline: black, and white around it."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt
from PIL import Image as Pictures
from PIL import ImageDraw, ImageFont
from PIL.Image import Image as Picture

from blindspot.scenes.draw import PALETTE, SUPERSAMPLING, corners
from blindspot.scenes.marks import LABEL, Mark

BLACK, WHITE = (0, 0, 0), (255, 255, 255)
RADIUS = {"small": 1.0, "large": 2.0}  # of a figure, in units; a unit is the radius of a small figure
LETTERS = {"small": 0.9, "large": 1.8}  # height of the capital letters of a label, in units
PADDING = 0.55  # around the text of a label, in heights of its capital letters
OUTLINE = 0.12  # width of each of the two lines of the outline, in units
FONT_SIZE = 1.4  # of the font that Pillow ships, in heights of its capital letters

Mask = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Look:
    """What a mark looks like, apart from its place. `unit`: the radius of a small figure, in px."""

    size: str
    colour: str
    shape: str
    text: str | None
    unit: int


def look_of(mark: Mark, unit: int) -> Look:
    """Returns the look of a mark."""
    return Look(mark.size, mark.colour, mark.shape, mark.text, unit)


def outline_width(unit: int) -> int:
    """Returns the width of each line of the outline, in px."""
    return max(2, round(OUTLINE * unit))


def draw_marks(photograph: Picture, marks: tuple[Mark, ...], unit: int) -> Picture:
    """Returns the picture with the marks drawn over it, the hindmost first."""
    picture = photograph.copy()
    for mark in marks:
        patch = stamp(look_of(mark, unit))
        picture.paste(patch, (mark.column - patch.width // 2, mark.row - patch.height // 2), patch)
    return picture


@lru_cache(maxsize=4096)
def stamp(look: Look) -> Picture:
    """Returns the mark as an RGBA picture that is as large as the mark with its outline. Its sides are even."""
    line = outline_width(look.unit)
    fill = _shape(look, 2 * line)
    layers = np.asarray(_reduced(fill), np.float64) / 255
    middle, outer = _grown(fill, (line, 2 * line))
    rgb = np.broadcast_to(np.array(WHITE, np.float64), (*layers.shape, 3))
    rgb = _over(_over(rgb, BLACK, middle), PALETTE[look.colour], layers)
    patch = Pictures.fromarray(np.dstack([rgb, outer * 255]).round().astype(np.uint8), "RGBA")
    if look.text is not None:
        _write(patch, look)
    return patch


def visible(look: Look) -> Mask:
    """Returns which pixels of the stamp the mark covers, without its outline; from 0 to 1."""
    return np.asarray(_reduced(_shape(look, 2 * outline_width(look.unit))), np.float64) / 255


def _over(below: npt.NDArray[np.float64], colour: tuple[int, int, int], share: Mask) -> npt.NDArray[np.float64]:
    return below * (1 - share[..., None]) + np.array(colour) * share[..., None]


def _grown(fill: Picture, margins: tuple[int, ...]) -> list[Mask]:
    """Returns the shape with each of the margins, in px of the final picture, as shares of its pixels."""
    from scipy.ndimage import distance_transform_edt

    away = distance_transform_edt(np.asarray(fill) < 128)
    grown = [Pictures.fromarray(np.where(away <= by * SUPERSAMPLING, 255, 0).astype(np.uint8)) for by in margins]
    return [np.asarray(_reduced(one), np.float64) / 255 for one in grown]


def _reduced(mask: Picture) -> Picture:
    return mask.reduce(SUPERSAMPLING)


def _shape(look: Look, margin: int) -> Picture:
    """Returns the mark without its outline as a mask, SUPERSAMPLING times as large, with a margin in px around it."""
    wide, high = (length * SUPERSAMPLING for length in extent(look))
    mask = Pictures.new("L", (wide, high))
    pen, border = ImageDraw.Draw(mask), margin * SUPERSAMPLING
    box = (border, border, wide - border - 1, high - border - 1)
    radius = (wide - 2 * border) / 2
    if look.shape == LABEL:
        pen.rounded_rectangle(box, radius=(high - 2 * border) / 5, fill=255)
    elif look.shape == "circle":
        pen.ellipse(box, fill=255)
    elif look.shape == "square":
        inset = radius * 0.12
        pen.rectangle((box[0] + inset, box[1] + inset, box[2] - inset, box[3] - inset), fill=255)
    elif look.shape == "triangle":
        pen.polygon(corners(wide / 2, high / 2 + radius * 0.22, (radius * 1.12,) * 3), fill=255)
    else:
        pen.polygon(corners(wide / 2, high / 2 + radius * 0.06, (radius * 1.05, radius * 0.48) * 5), fill=255)
    return mask


def extent(look: Look) -> tuple[int, int]:
    """Returns the width and the height of the mark with its outline, in even px."""
    outline = 4 * outline_width(look.unit)
    if look.text is None:
        side = 2 * round(RADIUS[look.size] * look.unit) + outline
        return side, side
    letters = LETTERS[look.size] * look.unit
    written = font(look).getlength(look.text) + 2 * PADDING * letters
    return 2 * round(written / 2) + outline, 2 * round(letters * (1 + 2 * PADDING) / 2) + outline


@lru_cache(maxsize=64)
def _font(size: int) -> ImageFont.FreeTypeFont:
    found = ImageFont.load_default(size)
    assert isinstance(found, ImageFont.FreeTypeFont), "Pillow's wheels have FreeType"
    return found


def font(look: Look) -> ImageFont.FreeTypeFont:
    """Returns the font of a label."""
    return _font(round(LETTERS[look.size] * look.unit * FONT_SIZE))


def ink(colour: str) -> tuple[int, int, int]:
    """Returns black or white: the one with the higher WCAG contrast to a colour of the palette, at least 4.5 : 1."""
    light = luminance(PALETTE[colour])
    return WHITE if 1.05 / (light + 0.05) > (light + 0.05) / 0.05 else BLACK


def luminance(colour: tuple[int, int, int]) -> float:
    """Returns the relative luminance of an sRGB colour, from 0 to 1 (WCAG 2.2)."""
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in (one / 255 for one in colour)]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _write(patch: Picture, look: Look) -> None:
    """Writes the text in the middle of the plate, in letters that are as high as the look says."""
    pen, text = ImageDraw.Draw(patch), str(look.text)
    left, _, right, _ = pen.textbbox((0, 0), text, font=font(look), anchor="ls")
    low = patch.height / 2 - (pen.textbbox((0, 0), "H", font=font(look), anchor="ls")[1]) / 2
    pen.text(
        (patch.width / 2 - (left + right) / 2, low),
        text,
        fill=ink(look.colour),
        font=font(look),
        anchor="ls",
        stroke_width=max(0, round(look.unit / 40)),
    )
