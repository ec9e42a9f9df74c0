"""Writes the pictures of the pages to files, and encodes pictures for a page that must be a single file."""

import base64
import io
from collections.abc import Iterable, Mapping
from functools import lru_cache
from pathlib import Path
from typing import BinaryIO

from PIL import Image, UnidentifiedImageError

from blindspot.errors import BlindspotError

LONGEST_SIDE = 512  # px; larger pictures are shrunk to keep the report small
TINY = 128  # px; pictures up to this size are stored as PNG and scaled without smoothing


def write_pictures(pictures: Mapping[str, Path], image_ids: Iterable[str], folder: Path) -> dict[str, str]:
    """Writes each picture once into `folder`, shrunk where it is large. Returns the address of each image id.

    Addresses are relative to the parent of `folder`. Raises BlindspotError on a file that cannot be read.
    """
    folder.mkdir(parents=True)
    addresses = {}
    for image_id in sorted(set(image_ids)):
        kind, data = _encode_file(pictures[image_id], LONGEST_SIDE)
        name = f"{image_id}.{kind}"
        (folder / name).write_bytes(data)
        addresses[image_id] = f"{folder.name}/{name}"
    return addresses


@lru_cache(maxsize=4096)
def data_uri(path: Path, longest: int = LONGEST_SIDE) -> str:
    """Returns the picture as a data URI, shrunk to `longest` px. Raises BlindspotError on an unreadable file."""
    kind, data = _encode_file(path, longest)
    return f"data:image/{kind};base64,{base64.b64encode(data).decode()}"


def _encode_file(path: Path, longest: int) -> tuple[str, bytes]:
    try:
        return encode(path, longest)
    except (OSError, UnidentifiedImageError) as error:
        raise BlindspotError(f"image {path} cannot be read ({error})", f"`dvc checkout {path.parent}`") from None


def encode(source: Path | BinaryIO, longest: int = LONGEST_SIDE) -> tuple[str, bytes]:
    """Returns the format, PNG for a small picture and JPEG for others, and the bytes.

    Raises OSError or UnidentifiedImageError on a picture that cannot be read.
    """
    with Image.open(source) as picture:
        picture.load()
        shown = picture.convert("RGB")
    shown.thumbnail((longest, longest))
    buffer = io.BytesIO()
    kind = "png" if max(shown.size) <= TINY else "jpeg"
    shown.save(buffer, kind, **({"optimize": True} if kind == "png" else {"quality": 85}))
    return kind, buffer.getvalue()
