"""The image of a row, as logs write it: path, URL, data URI, base64, bytes, an object with one of them."""

import base64
import binascii
import hashlib
import io
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from blindspot.errors import BlindspotError
from blindspot.logs.values import is_missing, literal, plain_value, text_of

#: How base64 of JPEG, PNG, GIF, WebP and BMP begins.
_BASE64 = re.compile(r"^(?:/9j/|iVBORw0KGgo|R0lGOD|UklGR|Qk[0-3])[A-Za-z0-9+/\s]{40,}=*\s*$")
_URL = re.compile(r"^[a-z][a-z0-9+.-]*://", re.IGNORECASE)
#: Longer paths and URLs are not used as ids.
LONGEST_ID = 200


class Pictures:
    """Reads images and derives their ids. Equal images share one object in memory.

    `folders`: where relative paths are looked for. `missing`: paths of images that do not exist. Raises BlindspotError
    if a folder does not exist.
    """

    def __init__(self, folders: list[Path]) -> None:
        for folder in folders:
            if not folder.is_dir():
                raise BlindspotError(f"{folder} is not a folder", "give --image-folder the folder of the images")
        self.folders = folders
        self.missing: set[str] = set()
        self._named: dict[str, tuple[str | bytes | None, str | None]] = {}
        self._images: dict[str, str | bytes] = {}

    def read(self, value: Any) -> tuple[str | bytes | None, str | None]:
        """Returns the image and an id: the path or URL as the log writes it, or a hash of the bytes."""
        if not isinstance(value, str) or len(value) > LONGEST_ID:
            return self._read(value)
        if value not in self._named:
            self._named[value] = self._read(value)
        return self._named[value]

    def _read(self, value: Any) -> tuple[str | bytes | None, str | None]:
        image = image_of(value)
        if image is None:
            return None, None
        content = content_of(image)
        if content is not None:
            digest = hashlib.sha256(content).hexdigest()[:16]
            return self._images.setdefault(digest, image), digest
        assert isinstance(image, str)
        name = image if len(image) <= LONGEST_ID else hashlib.sha256(image.encode()).hexdigest()[:16]
        if _URL.match(image) or image.startswith("data:"):
            return image, name
        return self._found(image), name

    def _found(self, path: str) -> str:
        """Returns the path of the image where it exists: relative to one of the folders, else as it is."""
        for folder in self.folders:
            try:
                if (folder / path).is_file():
                    return str(folder / path)
            except (OSError, ValueError):  # too long, or with a null character
                break
        self.missing.add(path)
        return path

    def notes(self) -> list[str]:
        """Returns a sentence about images that do not exist."""
        if not self.missing:
            return []
        some = ", ".join(sorted(self.missing)[:3])
        where = " or ".join(map(str, self.folders)) or "any folder"
        count = "1 image does" if len(self.missing) == 1 else f"{len(self.missing):,} images do"
        return [f"{count} not exist in {where}, for example {some[:300]}"]


def image_of(value: Any) -> str | bytes | None:
    """Returns the first image of a cell, None where it has none."""
    value = plain_value(value)
    if isinstance(value, str) and value[:1] in "[{":
        value = literal(value)
    if isinstance(value, list):
        return next((image for one in value if (image := image_of(one)) is not None), None)
    if isinstance(value, dict):
        keys = ("bytes", "path", "url", "image_url", "image", "src", "data", "file_name", "filename")
        return next((image for key in keys if (image := image_of(value.get(key))) is not None), None)
    if isinstance(value, bytes | bytearray | memoryview):
        return bytes(value) or None
    save: Callable[..., None] | None = getattr(value, "save", None)
    if save is not None and hasattr(value, "getbands"):  # a Pillow image
        save(buffer := io.BytesIO(), format="PNG")
        return buffer.getvalue()
    if isinstance(value, Path):
        return str(value)
    # lmms-eval and others write str() of images that JSON cannot hold
    return None if is_missing(value) or str(value).startswith("<") else text_of(value)


def content_of(image: str | bytes) -> bytes | None:
    """Returns the bytes of an image that is not a path or a URL."""
    if isinstance(image, bytes):
        return image
    data: str | None = None
    if image.startswith("data:"):
        head, _, data = image.partition(",")
        if not head.endswith(";base64"):
            return image.encode()
    elif len(image) > LONGEST_ID and _BASE64.match(image):
        data = image
    if data is None:
        return None
    try:
        return base64.b64decode(data)
    except (binascii.Error, ValueError):
        return image.encode()
