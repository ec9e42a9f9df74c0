"""Images in a folder, in the imagefolder layout of Hugging Face datasets."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from PIL import Image

from blindspot.errors import BlindspotError
from blindspot.images.files import find_files, from_row, refuse_outside
from blindspot.records.image import SourceImage


class FolderSource:
    """All image files below `folder`, sorted by path, scaled down to `max_side` px.

    `metadata.jsonl` or `metadata.csv` in the folder may give an `image_id` and a `scene` for each `file_name`, a path
    relative to the folder. Without an id, the id is derived from the path, so that it does not change when images are
    added. Hidden files and files that are not images are ignored.
    """

    def __init__(self, folder: Path, max_side: int) -> None:
        self.folder, self.max_side = folder, max_side

    def images(self) -> Iterator[SourceImage]:
        """Yields each image.

        Raises BlindspotError if the folder is missing or has no images, if the metadata cannot be read or names a
        missing file, or if a link leads out of the folder.
        """
        if not self.folder.is_dir():
            raise BlindspotError(f"image folder {self.folder} does not exist", "set prepare.folder")
        rows = _metadata(self.folder)
        found = {path.relative_to(self.folder).as_posix() for path in _image_files(self.folder)}
        if not (names := sorted(found | rows.keys())):
            raise BlindspotError(f"folder {self.folder} has no images", "add images or set prepare.folder")
        for name in names:
            yield from_row(self.folder / name, name, rows.get(name, {}), self.max_side)


def _image_files(folder: Path) -> Iterator[Path]:
    Image.init()
    known = {suffix for suffix, kind in Image.registered_extensions().items() if kind in Image.OPEN}
    for path in folder.rglob("*"):
        if any(part.startswith(".") for part in path.relative_to(folder).parts):
            continue
        is_image = path.suffix.lower() in known and not path.is_dir()
        if path.is_symlink() and (is_image or path.is_dir()):
            refuse_outside(path, folder)  # rglob does not follow links to folders
        if is_image:
            yield path


def _metadata(folder: Path) -> dict[str, dict[str, Any]]:
    """Returns the rows of the metadata by file name, and checks that each file exists."""
    for path in (folder / "metadata.jsonl", folder / "metadata.csv"):
        if path.is_file():
            rows = _read_rows(path)
            find_files(folder, [*rows], path)
            return rows
    return {}


def _read_rows(path: Path) -> dict[str, dict[str, Any]]:
    import pandas as pd

    try:
        if path.suffix == ".csv":
            table = pd.read_csv(path, dtype=str, keep_default_na=False)
            rows = [{str(key): value for key, value in row.items()} for row in table.to_dict("records")]
        else:
            rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
        named = {Path(row["file_name"]).as_posix(): row for row in rows}
    except (ValueError, TypeError, KeyError) as error:
        raise BlindspotError(f"{path} cannot be read ({error!r})", "give each row a file_name") from None
    if len(named) < len(rows):
        raise BlindspotError(f"{path} names a file twice", "keep one row per file")
    return named
