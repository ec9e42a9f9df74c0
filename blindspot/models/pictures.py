"""Reads the images that a model is shown."""

import base64
import mimetypes
from pathlib import Path

from cachetools import LRUCache, cached
from PIL import Image as Pictures
from PIL.Image import Image as Picture

from blindspot.errors import BlindspotError

#: Bytes of decoded pictures that a process keeps: every one of a few thousand scenes, some twenty large photographs.
KEPT = 256 * 2**20


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


def data_url(path: Path) -> str:
    """The file as it is, in a URL. Raises BlindspotError where it cannot be read."""
    media = mimetypes.guess_type(path.name)[0] or "image/png"
    try:
        return f"data:{media};base64,{base64.b64encode(path.read_bytes()).decode()}"
    except OSError as error:
        raise _unreadable(path, error) from None


def pixels(path: Path) -> int:
    """How many the image has, by its header. Raises BlindspotError where it is missing or corrupt."""
    try:
        with Pictures.open(path) as picture:
            return picture.width * picture.height
    except (OSError, SyntaxError, ValueError) as error:
        raise _unreadable(path, error) from None


def _unreadable(path: Path, error: Exception) -> BlindspotError:
    return BlindspotError(f"image {path} cannot be read ({error})", "`dvc checkout data/images` brings it back")
