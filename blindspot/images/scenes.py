"""Images of random scenes."""

import random
from collections.abc import Iterator

from PIL.Image import Image as Picture

from blindspot.scenes.draw import draw
from blindspot.scenes.scene import random_scene


class SceneSource:
    """`count` random scenes, no two alike, drawn `size` × `size` pixels.

    The same seed gives the same images; a larger count only adds to them.
    """

    def __init__(self, count: int, seed: int, size: int) -> None:
        self.count, self.seed, self.size = count, seed, size

    def images(self) -> Iterator[tuple[str, Picture, str | None]]:
        """(image id, RGB picture, scene as JSON), in a fixed order."""
        rng = random.Random(f"images {self.seed}")
        seen: set[str] = set()
        while len(seen) < self.count:
            scene = random_scene(rng)
            text = scene.to_json()
            if text not in seen:
                yield f"scene-{self.seed}-{len(seen):05d}", draw(scene, self.size), text
                seen.add(text)
