"""An image of the data set, and an image as a source lists it."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # PIL is slow to import
    from PIL.Image import Image as Picture

SPLITS = ("train", "validation", "test")
IMAGE_ID = r"^[A-Za-z0-9][A-Za-z0-9._-]{0,99}\Z"  # an id is used as a file name: no path separator, no leading dot


@dataclass(frozen=True)
class Image:
    """An image on disk.

    `scene`: the scene that the image shows, or the marks drawn over it, as JSON; None if neither is known.
    """

    image_id: str
    path: Path
    split: str
    scene: str | None = None


@dataclass(frozen=True)
class SourceImage:
    """An image that a source lists and that is not read yet.

    `name`: the file or row, as the user knows it. `open()` reads the pixels and returns an upright RGB image, or
    raises UnreadableImage. `scene`: as in Image. `boxes`: the annotated objects as a JSON list of
    `{"category", "area"}`, smallest first, where `area` is the share of the image that the object's box covers; None
    without annotations. `mark`: draws marks over the picture that `open` returns, and returns it with its scene, or
    raises UnreadableImage if the picture has no room for them. None: nothing is drawn.
    """

    image_id: str
    name: str
    open: "Callable[[], Picture]"
    scene: str | None = None
    boxes: str | None = None
    mark: "Callable[[Picture], tuple[Picture, str]] | None" = None
