"""Reads the pixels of an image file of any format."""

import io
import struct
import warnings
from pathlib import Path

from PIL import Image, ImageOps, UnidentifiedImageError
from PIL.Image import Image as Picture

from blindspot.errors import UnreadableImage

#: Exceptions that Pillow raises for files that are not valid images.
UNREADABLE = (OSError, SyntaxError, ValueError, EOFError, RuntimeError, struct.error, Image.DecompressionBombError)


def read_picture(source: Path | bytes, max_side: int) -> Picture:
    """Returns the picture of a file or of its bytes: RGB, upright, scaled down to `max_side` px.

    Of an animation the first frame is read. Raises UnreadableImage if the data is not an image or is truncated, if it
    has 32-bit pixels (their black and white levels are unknown), or if it has more pixels than twice Pillow's limit
    (179 million), because a file of a few kilobytes can claim that many.
    """
    try:
        data = source.read_bytes() if isinstance(source, Path) else source
        if not data:
            raise UnreadableImage("is empty (0 bytes)")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about large pictures and malformed metadata
            with Image.open(io.BytesIO(data)) as opened:
                picture = to_rgb(ImageOps.exif_transpose(opened))
    except UNREADABLE as error:
        raise UnreadableImage(f"cannot be read ({_reason(error)})") from None
    picture.thumbnail((max_side, max_side))
    return picture


def to_rgb(picture: Picture) -> Picture:
    """Returns 8-bit RGB; transparent pixels become white, and 16-bit grey keeps its brightness."""
    if picture.mode in ("I", "F"):
        raise UnreadableImage(f"has 32-bit pixels (mode {picture.mode}): save it with 8 or 16")
    if picture.mode.startswith("I;16"):  # Pillow would clip values above 255
        picture = picture.point(lambda value: value / 256, "L")
    if picture.has_transparency_data:
        white = Image.new("RGBA", picture.size, "white")
        return Image.alpha_composite(white, picture.convert("RGBA")).convert("RGB")
    return picture.convert("RGB")


def _reason(error: BaseException) -> str:
    if isinstance(error, UnidentifiedImageError):
        return "not an image format that Pillow reads"  # Pillow's message contains a memory address
    return (error.strerror or str(error)) if isinstance(error, OSError) else str(error)
