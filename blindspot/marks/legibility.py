"""Measures how legible marks are on a photograph.

The photograph is measured at the scale of the marks' outline: averaged over squares as wide as one of its lines.
Colours are compared by CIEDE2000 (Sharma, Wu and Dalal 2005). Clutter is the edge density (Mack and Oliva 2004): the
share of pixels that are edges of the Canny detector.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from PIL.Image import Image as Picture

from blindspot.marks.drawing import BLACK, WHITE, outline_width
from blindspot.scenes.draw import PALETTE
from blindspot.scenes.marks import Mark

BAND = 0.5  # width of the band around a mark that is measured, in units
MIN_OUTLINE = 30.0  # CIEDE2000 of each pixel of the band from the black or the white line, whichever differs more
MIN_FILL = 20.0  # CIEDE2000 of the pixels of the band from the colour of the mark …
MAX_ALIKE = 0.25  # … and the largest share of the pixels that differ less
MAX_CLUTTER = 0.25  # share of the pixels of the band that are edges

Plane = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Legibility:
    """How a mark stands out against the band of photograph around it.

    `outline`: the smallest CIEDE2000 of a pixel from the line of the outline that differs more. `alike`: the share of
    the pixels with a colour like that of the mark. `clutter`: the share of the pixels that are edges.
    """

    outline: float
    alike: float
    clutter: float

    @property
    def suffices(self) -> bool:
        """Whether all thresholds are met."""
        return self.outline >= MIN_OUTLINE and self.alike <= MAX_ALIKE and self.clutter <= MAX_CLUTTER


class Ground:
    """A photograph as the background of marks.

    Attributes:
        outlines: for each pixel at the measured scale, the CIEDE2000 from the line of the outline that differs more.
    """

    def __init__(self, photograph: Picture, unit: int) -> None:
        """`unit`: the radius of a small figure, in px."""
        from skimage.color import rgb2lab
        from skimage.feature import canny

        self.size, self._scale, self._band = photograph.size, outline_width(unit), BAND * unit
        lab = rgb2lab(np.asarray(photograph.reduce(self._scale)))
        self.outlines = np.maximum(_difference(lab, BLACK), _difference(lab, WHITE))
        self._alike = {name: _difference(lab, colour) < MIN_FILL for name, colour in PALETTE.items()}
        self._edges = canny(lab[..., 0] / 100, sigma=1.0)

    def measure(self, mark: Mark) -> Legibility:
        """Returns the legibility of a mark, from the band around its bounding box."""
        left, top = mark.column - mark.width / 2, mark.row - mark.height / 2
        inner = self._pixels(left, top, left + mark.width, top + mark.height)
        outer = self._pixels(
            left - self._band, top - self._band, left + mark.width + self._band, top + mark.height + self._band
        )
        band = np.ones_like(self._edges[outer])
        band[tuple(slice(i.start - o.start, i.stop - o.start) for i, o in zip(inner, outer, strict=True))] = False
        return Legibility(
            outline=float(self.outlines[outer][band].min()),
            alike=float(self._alike[mark.colour][outer][band].mean()),
            clutter=float(self._edges[outer][band].mean()),
        )

    def _pixels(self, left: float, top: float, right: float, bottom: float) -> tuple[slice, slice]:
        """Returns the rows and columns of the reduced photograph in a box of the photograph."""
        rows, columns = self._edges.shape
        return (
            slice(max(0, int(top // self._scale)), min(rows, int(-(-bottom // self._scale)))),
            slice(max(0, int(left // self._scale)), min(columns, int(-(-right // self._scale)))),
        )


def _difference(lab: Plane, colour: tuple[int, int, int]) -> Plane:
    """Returns the CIEDE2000 of each pixel from a colour."""
    from skimage.color import deltaE_ciede2000, rgb2lab

    other = rgb2lab(np.array([[colour]], np.uint8))
    found: Plane = deltaE_ciede2000(lab, np.broadcast_to(other, lab.shape))
    return found
