"""The images that the rows of a pool are about: files that they name, files with the id of an image, or bytes."""

import hashlib
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from blindspot.errors import BlindspotError
from blindspot.images.files import MISSING, Found, Listed, find_files, walk
from blindspot.images.rows import Rows, unreadable
from blindspot.images.tables import shown
from blindspot.logs.pictures import content_of
from blindspot.records.image import SourceImage

_NUMBER = re.compile(r"(\d+)$")
_URL = re.compile(r"^https?://", re.IGNORECASE)

Named = tuple[str | bytes | None, str | None]  # the image of a row as its file has it, and its id


class Pictures:
    """Finds the image of each row.

    `folder`: of the image files. `named_in`: the file with the rows, as messages name it.
    """

    def __init__(self, folder: Path, named_in: Path, max_side: int) -> None:
        self._folder, self._named_in, self._images = folder, named_in, Rows(max_side)

    @property
    def notes(self) -> list[str]:
        """What was changed in the ids of the images."""
        return self._images.notes

    def find(self, rows: Sequence[Named]) -> Iterator[tuple[str, SourceImage]]:
        """Yields each distinct image with its key (`key_of`).

        Raises BlindspotError if at least half of the files that the rows name are missing, or if one is outside of the
        folder.
        """
        distinct = dict[str, Named]()
        for row in rows:
            distinct.setdefault(key_of(*row), row)
        contents = {key: content_of(image) if image else None for key, (image, _) in distinct.items()}
        files = self._files({key: row for key, row in distinct.items() if contents[key] is None})
        for key, (image, image_id) in distinct.items():
            content = contents[key]
            if content is not None:
                yield key, self._images.image(content, key, {"image_id": image_id})
            elif (path := files[key].path) is None:
                yield key, unreadable(key, files[key].problem or "")
            else:  # of a file, the reader of logs gives its name as the id
                named = isinstance(image, str) and image.endswith(str(image_id))
                yield key, self._images.image(path, key, {"image_id": None if named else image_id})

    def _files(self, rows: dict[str, Named]) -> dict[str, Found]:
        listed = [self._listed(key, *row) for key, row in rows.items()]
        if not listed:
            return {}
        if not self._folder.is_dir():
            raise BlindspotError(f"image folder {self._folder} does not exist", "set prepare.folder")
        return dict(zip(rows, find_files(self._folder, listed, self._named_in), strict=True))

    def _listed(self, key: str, image: str | bytes | None, image_id: str | None) -> Listed:
        if isinstance(image, str):
            problem = "is a URL, which is not downloaded" if _URL.match(image) else None
            path = Path(image)
            return Listed(key, str(path.absolute()) if path.exists() else image, problem)
        found = self._by_id().get(str(image_id))
        return Listed(key, found or str(image_id), None if found else MISSING)

    def _by_id(self) -> dict[str, str]:
        """Returns the files by their names without suffix, and by the number at their end (COCO's names)."""
        if not hasattr(self, "_known"):
            self._known: dict[str, str] = {}
            for path in walk(self._folder):
                name = path.relative_to(self._folder).as_posix()
                number = _NUMBER.search(path.stem)
                for image_id in {path.stem, *([str(int(number[1]))] if number else [])}:
                    self._known.setdefault(image_id, name)
        return self._known


def key_of(image: str | bytes | None, image_id: str | None) -> str:
    """Returns what tells the image of a row from others: its name, the hash of its content, or its id."""
    content = content_of(image) if image else None
    if content is not None:
        return f"image {hashlib.sha256(content).hexdigest()[:16]}"
    return shown(image if isinstance(image, str) else f"image {image_id}")
