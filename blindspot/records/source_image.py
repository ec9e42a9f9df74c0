"""One image as a source lists it."""

from collections.abc import Callable
from dataclasses import dataclass

from PIL.Image import Image as Picture


@dataclass(frozen=True)
class SourceImage:
    """An image whose pixels are read when `open` is called: RGB, upright; it raises UnreadableImage.

    `name` is the file or row as the user knows it. `scene`: as JSON, where every fact is known. `boxes`: as JSON, a
    list of `{"category", "area"}`, smallest first, the area being the object's box as a share of the image; None where
    nobody said what is in the image.
    """

    image_id: str
    name: str
    open: Callable[[], Picture]
    scene: str | None = None
    boxes: str | None = None
