"""Writes the pictures that the pages of an analysis show."""

import base64
import hashlib
import io
from collections.abc import Iterable
from pathlib import Path
from typing import BinaryIO, NamedTuple

from PIL import Image, UnidentifiedImageError

from blindspot.report.pictures import encode


class Shown(NamedTuple):
    """`addresses`: of the written pictures, by the value in the log. `unread`: how many pictures are not shown."""

    addresses: dict[str | bytes, str]
    unread: int


def write_shown(images: Iterable[str | bytes | None], folder: Path) -> Shown:
    """Writes each different picture once into `folder`.

    Addresses are relative to the parent of `folder`. Pictures at a URL are not loaded, so that no request leaves the
    machine. They, and files that cannot be read, are counted as unread.
    """
    addresses, unread = dict[str | bytes, str](), 0
    for image in dict.fromkeys(one for one in images if one):
        try:
            kind, data = encode(_open(image))
        except (OSError, ValueError, UnidentifiedImageError, Image.DecompressionBombError):
            unread += 1
            continue
        folder.mkdir(parents=True, exist_ok=True)
        name = f"{hashlib.sha256(data).hexdigest()[:16]}.{kind}"
        (folder / name).write_bytes(data)
        addresses[image] = f"{folder.name}/{name}"
    return Shown(addresses, unread)


def _open(image: str | bytes) -> Path | BinaryIO:
    """Returns what a cell of the log holds: a path, a data URI, base64 or bytes. Raises ValueError or OSError."""
    if isinstance(image, bytes):
        return io.BytesIO(image)
    if image.startswith("data:"):
        return io.BytesIO(base64.b64decode(image.partition(",")[2]))
    if len(image) < 4096 and Path(image).is_file():
        return Path(image)
    return io.BytesIO(base64.b64decode(image, validate=True))
