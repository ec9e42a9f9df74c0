"""Reads the images that a model is shown."""

import base64
import mimetypes
from functools import cache
from io import BytesIO
from pathlib import Path

from cachetools import LRUCache, cached
from PIL import Image as Pictures
from PIL.Image import Image as Picture

from blindspot.errors import BlindspotError

#: Bytes of decoded pictures that a process keeps: every one of a few thousand scenes, some twenty large photographs.
KEPT = 256 * 2**20
QUALITIES = (92, 80)  # of a JPEG, before it is made smaller
SHRINK, SMALLEST = 0.8, 64  # per round; px of the longer side


def _bytes(picture: Picture) -> int:
    return picture.width * picture.height * len(picture.getbands())


@cached(LRUCache(KEPT, getsizeof=_bytes))
def read_picture(path: Path) -> Picture:
    """The image as RGB. Raises BlindspotError where it is missing or corrupt."""
    try:
        with Pictures.open(path) as picture:
            return picture.convert("RGB")
    except (OSError, SyntaxError, ValueError) as error:
        raise _unreadable(path, error) from None


def data_url(path: Path, most: int) -> str:
    """The image in a URL: the file as it is where it has at most so many bytes, else as JPEG, scaled down to fit.

    Raises BlindspotError where it cannot be read.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise _unreadable(path, error) from None
    if len(content) > most:
        return _url(_fitted(path, most), "image/jpeg")
    return _url(content, mimetypes.guess_type(path.name)[0] or "image/png")


@cache
def small_picture() -> str:
    """A picture of one colour, in a URL."""
    content = BytesIO()
    Pictures.new("RGB", (64, 64), "red").save(content, "PNG")
    return _url(content.getvalue(), "image/png")


def _url(content: bytes, media: str) -> str:
    return f"data:{media};base64,{base64.b64encode(content).decode()}"


def _fitted(path: Path, most: int) -> bytes:
    """The image as JPEG of at most so many bytes: of lower quality first, then smaller."""
    picture = read_picture(path)
    while True:
        for quality in QUALITIES:
            content = BytesIO()
            picture.save(content, "JPEG", quality=quality)
            if content.tell() <= most or max(picture.size) <= SMALLEST:
                return content.getvalue()
        picture = picture.resize([max(1, round(side * SHRINK)) for side in picture.size])


def pixels(path: Path) -> int:
    """How many the image has, by its header. Raises BlindspotError where it is missing or corrupt."""
    try:
        with Pictures.open(path) as picture:
            return picture.width * picture.height
    except (OSError, SyntaxError, ValueError) as error:
        raise _unreadable(path, error) from None


def _unreadable(path: Path, error: Exception) -> BlindspotError:
    return BlindspotError(f"image {path} cannot be read ({error})", "`dvc checkout data/images` brings it back")
