"""Recognises the scene in a picture that a client sent: the stand-in for the eyes of a served model."""

import base64
import hashlib
import io
import threading
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import numpy.typing as npt
from PIL import Image as Pictures
from PIL import UnidentifiedImageError
from PIL.Image import Image as Picture

from blindspot.scenes.draw import draw
from blindspot.scenes.scene import Scene

THUMBNAIL = 24  # px
#: Largest mean difference of two thumbnails (of 255) that show the same scene, one of them as JPEG or scaled down.
SAME = 6.0

Floats = npt.NDArray[np.float32]


class Gallery:
    """Scenes with the pictures that show them."""

    def __init__(self, scenes: Mapping[str, Scene], folder: Path, size: int) -> None:
        """Draws each scene as `folder`/<name>.png, `size` × `size` px."""
        self._lock, self._seen = threading.Lock(), dict[str, Scene | None]()
        self._scenes = [*scenes.values()]
        self._exact, thumbnails = dict[str, Scene](), list[Floats]()
        for name, scene in scenes.items():
            picture = draw(scene, size)
            picture.save(folder / f"{name}.png")
            self._exact[_digest(picture)] = scene
            thumbnails.append(_thumbnail(picture))
        self._thumbnails = np.stack(thumbnails)

    def scene_in(self, content: bytes) -> Scene | None:
        """Returns the scene that the bytes of an image file show, or None if they show no known scene."""
        key = hashlib.sha256(content).hexdigest()
        with self._lock:
            if key not in self._seen:
                self._seen[key] = self._recognise(content)
            return self._seen[key]

    def _recognise(self, content: bytes) -> Scene | None:
        try:
            picture = Pictures.open(io.BytesIO(content)).convert("RGB")
        except (UnidentifiedImageError, OSError):
            return None
        if exact := self._exact.get(_digest(picture)):
            return exact
        distances = np.abs(self._thumbnails - _thumbnail(picture)).mean(axis=(1, 2, 3))
        nearest = int(distances.argmin())
        return self._scenes[nearest] if distances[nearest] < SAME else None


def decode_url(url: str) -> bytes:
    """Returns the bytes in a data URL. Raises ValueError for any other URL."""
    head, comma, data = url.partition(",")
    if not (comma and head.startswith("data:image/") and head.endswith(";base64")):
        raise ValueError(f"not a data URL of an image: {url[:40]}")
    return base64.b64decode(data, validate=True)


def _digest(picture: Picture) -> str:
    return hashlib.sha256(repr(picture.size).encode() + picture.tobytes()).hexdigest()


def _thumbnail(picture: Picture) -> Floats:
    return np.asarray(picture.resize((THUMBNAIL, THUMBNAIL), Pictures.Resampling.BOX), dtype=np.float32)
