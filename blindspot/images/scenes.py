"""Images of random scenes."""

import random
from collections.abc import Iterator
from functools import partial

from blindspot.records.image import SourceImage
from blindspot.scenes.draw import draw
from blindspot.scenes.scene import random_scene


class SceneSource:
    """`count` different random scenes, drawn at `size` × `size` px.

    The same seed gives the same images; a larger count adds images and changes none.

    Attributes:
        notes: always empty.
    """

    def __init__(self, count: int, seed: int, size: int) -> None:
        self.count, self.seed, self.size = count, seed, size
        self.notes: list[str] = []

    def images(self) -> Iterator[SourceImage]:
        """Yields each image with its scene; the picture is drawn when the image is opened."""
        rng = random.Random(f"images {self.seed}")
        seen: set[str] = set()
        while len(seen) < self.count:
            scene = random_scene(rng)
            text = scene.to_json()
            if text not in seen:
                name = f"scene-{self.seed}-{len(seen):05d}"
                yield SourceImage(name, name, partial(draw, scene, self.size), text)
                seen.add(text)
