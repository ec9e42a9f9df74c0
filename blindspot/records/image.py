"""One image of a set."""

from dataclasses import dataclass
from pathlib import Path

SPLITS = ("train", "validation", "test")
IMAGE_ID = r"^[A-Za-z0-9][A-Za-z0-9._-]{0,99}\Z"  # it becomes a file name, so it may lead nowhere else


@dataclass(frozen=True)
class Image:
    """An image on disk. `scene` is its scene as JSON where every fact of it is known, else None."""

    image_id: str
    path: Path
    split: str
    scene: str | None = None
