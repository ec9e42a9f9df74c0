"""Reads and encodes the images for a model."""

import base64
import mimetypes
from functools import cache
from io import BytesIO
from pathlib import Path

from cachetools import LRUCache, cached
from PIL import Image as Pictures
from PIL.Image import Image as Picture

from blindspot.errors import BlindspotError

#: Bytes of the cache of decoded images in each process: enough for thousands of scenes or about 20 large photographs.
KEPT = 256 * 2**20
QUALITIES = (92, 80)  # of a JPEG, tried in this order at each size
SHRINK = 0.8  # factor of width and height from one size to the next
SMALLEST = 64  # pixels of the longer side, below which an image is not scaled further


def _bytes(picture: Picture) -> int:
    return picture.width * picture.height * len(picture.getbands())


@cached(LRUCache(KEPT, getsizeof=_bytes))
def read_picture(path: Path) -> Picture:
    """Returns the image as RGB. Raises BlindspotError if it is missing or corrupt."""
    try:
        with Pictures.open(path) as picture:
            return picture.convert("RGB")
    except (OSError, SyntaxError, ValueError) as error:
        raise _unreadable(path, error) from None


def data_url(path: Path, max_bytes: int) -> str:
    """Returns the image as a data URL. A file of more than `max_bytes` is converted to JPEG and scaled down to fit.

    Raises BlindspotError if the image cannot be read.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise _unreadable(path, error) from None
    if len(content) > max_bytes:
        return _url(_as_small_jpeg(path, max_bytes), "image/jpeg")
    return _url(content, mimetypes.guess_type(path.name)[0] or "image/png")


@cache
def small_picture() -> str:
    """Returns a red image of 64 × 64 pixels as a data URL."""
    content = BytesIO()
    Pictures.new("RGB", (64, 64), "red").save(content, "PNG")
    return _url(content.getvalue(), "image/png")


def _url(content: bytes, media_type: str) -> str:
    return f"data:{media_type};base64,{base64.b64encode(content).decode()}"


def _as_small_jpeg(path: Path, max_bytes: int) -> bytes:
    """Returns the image as JPEG of at most `max_bytes`: first lowers the quality, then the size."""
    picture = read_picture(path)
    while True:
        for quality in QUALITIES:
            content = BytesIO()
            picture.save(content, "JPEG", quality=quality)
            if content.tell() <= max_bytes or max(picture.size) <= SMALLEST:
                return content.getvalue()
        picture = picture.resize([max(1, round(side * SHRINK)) for side in picture.size])


def pixels(path: Path) -> int:
    """Returns the number of pixels, read from the file's header. Raises BlindspotError if it is missing or corrupt."""
    try:
        with Pictures.open(path) as picture:
            return picture.width * picture.height
    except (OSError, SyntaxError, ValueError) as error:
        raise _unreadable(path, error) from None


def _unreadable(path: Path, error: Exception) -> BlindspotError:
    return BlindspotError(f"image {path} cannot be read ({error})", "run `dvc checkout data/images` to restore it")
