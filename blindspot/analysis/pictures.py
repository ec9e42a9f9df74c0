"""Writes the pictures that the pages of an analysis show."""

import base64
import hashlib
import io
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from blindspot.errors import UnreadableImage
from blindspot.images.reading import read_picture
from blindspot.report.pictures import LONGEST_SIDE, TINY

POSTSCRIPT = (b"%!PS", b"\xc5\xd0\xd3\xc6")  # Pillow would run the file as a program


class Shown(NamedTuple):
    """`addresses`: of the written pictures, by the value in the log. `unread`: how many pictures are not shown."""

    addresses: dict[str | bytes, str]
    unread: int


def write_shown(images: Iterable[str | bytes | None], folder: Path) -> Shown:
    """Writes each different picture once into `folder`, shrunk if it is large.

    Addresses are relative to the parent of `folder`. Pictures at a URL are not loaded, so that no request leaves the
    machine. They, and files that cannot be read, are counted as unread.
    """
    addresses, unread = dict[str | bytes, str](), 0
    for image in dict.fromkeys(one for one in images if one):
        try:
            kind, data = _encoded(_content(image))
        except (OSError, ValueError, UnreadableImage):
            unread += 1
            continue
        folder.mkdir(parents=True, exist_ok=True)
        name = f"{hashlib.sha256(data).hexdigest()[:16]}.{kind}"
        (folder / name).write_bytes(data)
        addresses[image] = f"{folder.name}/{name}"
    return Shown(addresses, unread)


def _content(image: str | bytes) -> bytes:
    """Returns the bytes of a cell: of a path, a data URI, base64 or bytes. Raises ValueError or OSError."""
    if isinstance(image, bytes):
        return image
    if image.startswith("data:"):
        return base64.b64decode(image.partition(",")[2])
    if len(image) < 4096 and Path(image).is_file():
        return Path(image).read_bytes()
    return base64.b64decode("".join(image.split()), validate=True)


def _encoded(data: bytes) -> tuple[str, bytes]:
    """Returns the format, PNG for a small picture and JPEG for others, and the bytes. Raises UnreadableImage."""
    if data.startswith(POSTSCRIPT):
        raise UnreadableImage("is PostScript")
    picture = read_picture(data, LONGEST_SIDE)
    kind = "png" if max(picture.size) <= TINY else "jpeg"
    buffer = io.BytesIO()
    picture.save(buffer, kind, **({"optimize": True} if kind == "png" else {"quality": 85}))
    return kind, buffer.getvalue()
