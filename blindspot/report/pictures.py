"""Pictures inside the page."""

import base64
import io
from functools import lru_cache
from pathlib import Path

from PIL import Image, UnidentifiedImageError

from blindspot.errors import BlindspotError

LONGEST_SIDE = 360  # px, unless said otherwise; larger pictures are shrunk, so that the page stays light
TINY = 128  # px; smaller pictures are shown pixel by pixel


@lru_cache(maxsize=4096)
def data_uri(path: Path, longest: int = LONGEST_SIDE) -> str:
    """The picture as a data URI, shrunk to `longest` px: PNG where it is small, else JPEG.

    Raises BlindspotError on a bad file.
    """
    try:
        with Image.open(path) as picture:
            picture.load()
            shown = picture.convert("RGB")
    except (OSError, UnidentifiedImageError) as error:
        raise BlindspotError(f"image {path} cannot be read ({error})", f"`dvc checkout {path.parent}`") from None
    shown.thumbnail((longest, longest))
    buffer = io.BytesIO()
    kind = "png" if max(shown.size) <= TINY else "jpeg"
    shown.save(buffer, kind, **({"optimize": True} if kind == "png" else {"quality": 85}))
    return f"data:image/{kind};base64,{base64.b64encode(buffer.getvalue()).decode()}"
