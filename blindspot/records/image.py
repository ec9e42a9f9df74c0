"""One image of a set."""

from dataclasses import dataclass
from pathlib import Path

SPLITS = ("train", "validation", "test")


@dataclass(frozen=True)
class Image:
    """An image on disk. `scene` is its scene as JSON where every fact of it is known, else None."""

    image_id: str
    path: Path
    split: str
    scene: str | None = None
