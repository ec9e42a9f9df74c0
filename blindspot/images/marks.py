"""Photographs with marks drawn over them."""

import hashlib
import random
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from PIL.Image import Image as Picture

from blindspot.images.splitting import split_by_likeness
from blindspot.marks.drawing import draw_marks
from blindspot.marks.placing import place_marks
from blindspot.protocols import ImageSource
from blindspot.records.image import SourceImage

LONGEST_ID = 90  # characters; a longer id of a photograph is shortened
COMPARED = 512  # px: longest side of the photographs that are compared with each other


class MarksSource:
    """`count` pictures of each photograph, each with other marks.

    The marks depend on the seed, the id of the photograph and the number of the picture, so more photographs or more
    pictures change none.

    Attributes:
        notes: those of the source of the photographs; complete after `images()` ends.
    """

    def __init__(self, photographs: ImageSource, count: int, size: float, seed: int) -> None:
        """`size`: the radius of a small figure as a share of the shorter side of a photograph."""
        self._photographs, self._count, self._size, self._seed = photographs, count, size, seed
        self._small = TemporaryDirectory()
        self._shown: dict[str, str] = {}  # picture → photograph, by their ids
        self.notes: list[str] = []

    def images(self) -> Iterator[SourceImage]:
        """Yields each picture; its marks are drawn when it is opened. Raises what the source of photographs does."""
        for image in self._photographs.images():
            for number in range(self._count):
                name = image.name if self._count == 1 else f"{image.name} (picture {number + 1})"
                image_id = f"{_short(image.image_id)}.m{number}"
                self._shown[image_id] = _short(image.image_id)
                yield SourceImage(image_id, name, image.open, mark=partial(self._mark, image_id))
        self.notes = self._photographs.notes

    def split(
        self, files: Sequence[Path], shares: Mapping[str, int], max_difference: float
    ) -> list[tuple[str, str | None]]:
        """Assigns pictures to splits as `split_by_likeness` assigns their photographs.

        All pictures of a photograph and of its near-duplicates are in the same split. The original of a near-duplicate
        is the first picture of the photograph that is the original.
        """
        shown = [self._shown[file.stem] for file in files]
        first = {photograph: file.stem for file, photograph in [*zip(files, shown, strict=True)][::-1]}
        small = [self._small_file(photograph) for photograph in first]
        of_photograph = dict(zip(first, split_by_likeness(small, shares, max_difference), strict=True))
        found = (of_photograph[photograph] for photograph in shown)
        return [(name, None if original is None else first[original]) for name, original in found]

    def _mark(self, image_id: str, photograph: Picture) -> tuple[Picture, str]:
        scene, unit = place_marks(photograph, self._size, random.Random(f"marks {self._seed} {image_id}"))
        file = self._small_file(self._shown[image_id])
        if not file.exists():
            small = photograph.copy()
            small.thumbnail((COMPARED, COMPARED))
            small.save(file)
        return draw_marks(photograph, scene.things, unit), scene.to_json()

    def _small_file(self, photograph: str) -> Path:
        return Path(self._small.name, f"{photograph}.png")


def _short(image_id: str) -> str:
    if len(image_id) <= LONGEST_ID:
        return image_id
    return f"{image_id[: LONGEST_ID - 9]}-{hashlib.sha256(image_id.encode()).hexdigest()[:8]}"
