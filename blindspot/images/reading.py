"""Reads the pixels of one image, whatever its file is like."""

import io
import struct
import warnings
from pathlib import Path

from PIL import Image, ImageOps, UnidentifiedImageError
from PIL.Image import Image as Picture

from blindspot.errors import UnreadableImage

#: What Pillow raises on bytes that are no image of the kind they say they are.
UNREADABLE = (OSError, SyntaxError, ValueError, EOFError, RuntimeError, struct.error, Image.DecompressionBombError)


def read_picture(source: Path | bytes, max_side: int) -> Picture:
    """The upright RGB picture of a file or its bytes, of an animation the first frame, no side above `max_side` px.

    Raises UnreadableImage for what is no image, is cut short, has 32-bit pixels, whose black and white nobody knows,
    or has more pixels than twice Pillow's limit (179 million): a few kilobytes can claim that many.
    """
    try:
        data = source.read_bytes() if isinstance(source, Path) else source
        if not data:
            raise UnreadableImage("is empty (0 bytes)")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of large pictures and odd metadata: they are read all the same
            with Image.open(io.BytesIO(data)) as opened:
                picture = to_rgb(ImageOps.exif_transpose(opened))
    except UNREADABLE as error:
        raise UnreadableImage(f"cannot be read ({_reason(error)})") from None
    picture.thumbnail((max_side, max_side))
    return picture


def to_rgb(picture: Picture) -> Picture:
    """8-bit RGB; what is transparent becomes white, and 16-bit grey keeps its brightness."""
    if picture.mode in ("I", "F"):
        raise UnreadableImage(f"has 32-bit pixels (mode {picture.mode}): save it with 8 or 16")
    if picture.mode.startswith("I;16"):  # Pillow would cut everything above 255
        picture = picture.point(lambda value: value / 256, "L")
    if picture.has_transparency_data:
        white = Image.new("RGBA", picture.size, "white")
        return Image.alpha_composite(white, picture.convert("RGBA")).convert("RGB")
    return picture.convert("RGB")


def _reason(error: BaseException) -> str:
    if isinstance(error, UnidentifiedImageError):
        return "no image that Pillow knows"  # its own words name an address in memory
    return (error.strerror or str(error)) if isinstance(error, OSError) else str(error)
