"""Images of random scenes."""

import random
from collections.abc import Iterator
from functools import partial

from blindspot.records.source_image import SourceImage
from blindspot.scenes.draw import draw
from blindspot.scenes.scene import random_scene


class SceneSource:
    """`count` random scenes, no two alike, drawn `size` × `size` pixels.

    The same seed gives the same images; a larger count only adds to them.
    """

    def __init__(self, count: int, seed: int, size: int) -> None:
        self.count, self.seed, self.size = count, seed, size

    def images(self) -> Iterator[SourceImage]:
        """Every image with its scene, drawn when it is opened."""
        rng = random.Random(f"images {self.seed}")
        seen: set[str] = set()
        while len(seen) < self.count:
            scene = random_scene(rng)
            text = scene.to_json()
            if text not in seen:
                name = f"scene-{self.seed}-{len(seen):05d}"
                yield SourceImage(name, name, partial(draw, scene, self.size), text)
                seen.add(text)
