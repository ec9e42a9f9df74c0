"""Images in a folder, in the imagefolder layout of Hugging Face datasets."""

import os
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from blindspot.errors import BlindspotError
from blindspot.images.files import Listed, find_files, refuse_outside, walk
from blindspot.images.reading import UNSUPPORTED, readable_suffixes
from blindspot.images.rows import Rows, unreadable
from blindspot.images.tables import Row, read_table, shown
from blindspot.records.image import SourceImage

METADATA = ("metadata.jsonl", "metadata.csv", "metadata.parquet")  # the first that exists in a folder is read


class FolderSource:
    """All image files below `folder`, sorted by path, scaled down to `max_side` px.

    A metadata file in the folder or in a folder below it may give an `image_id` and a `scene` for each `file_name`, a
    path relative to the metadata file. Without an id, the id is derived from the path, so that it does not change when
    images are added. Pictures in formats that are not read are unreadable images. Hidden files and other files are
    ignored.

    Attributes:
        notes: what was changed or left out, one sentence each; complete after `images()` ends.
    """

    def __init__(self, folder: Path, max_side: int) -> None:
        self.folder, self.max_side = folder, max_side
        self.notes: list[str] = []

    def images(self) -> Iterator[SourceImage]:
        """Yields each image.

        Raises BlindspotError if the folder is missing or has no images, if a metadata file cannot be read, if at least
        half of its rows name no file that exists, or if a link leads out of the folder.
        """
        if not self.folder.is_dir():
            raise BlindspotError(f"image folder {self.folder} does not exist", "set prepare.folder")
        bad, images = list[SourceImage](), Rows(self.max_side)
        files = [*walk(self.folder, lambda path, why: bad.append(unreadable(shown(path), f"cannot be read ({why})")))]
        self.notes, rows = [], dict[str, Mapping[str, Any]]()
        for file in _metadata_files(files):
            self._read_metadata(file, rows, bad)
        paths = {path.relative_to(self.folder).as_posix(): path for path in files if _is_image(path, self.folder)}
        if not (names := sorted(paths.keys() | rows.keys())) and not bad:
            raise BlindspotError(f"folder {self.folder} has no images", "add images or set prepare.folder")
        for name in names:
            path = self.folder / name
            if path.suffix.lower() in UNSUPPORTED - readable_suffixes():
                bad.append(unreadable(shown(path), f"is in a format that is not read ({path.suffix})"))
            else:
                yield images.image(path, name, rows.get(name, {}))
        yield from bad
        self.notes += [*images.notes, *_ignored([path for path in files if _name(path, self.folder) not in names])]

    def _read_metadata(self, file: Path, rows: dict[str, Mapping[str, Any]], bad: list[SourceImage]) -> None:
        """Adds the rows of a metadata file, by the file's name in the folder, and the rows that cannot be used."""
        read = read_table(file, "metadata").rows
        if not read:
            return
        listed = [_listed(row) for row in read]
        own, again = set[str](), list[str]()
        for row, one, found in zip(read, listed, find_files(file.parent, listed, file), strict=True):
            if found.path is None:
                bad.append(unreadable(f"{one.where} in {shown(file.parent)}", found.problem or ""))
                continue
            name = _name(found.path, self.folder)
            if name in own:
                again.append(shown(name))
            else:
                own.add(name)
                rows[name] = row.cells
        if again:
            self.notes.append(f"rows of {file} that name a file again: {len(again):,} ({again[0]}); the first is used")


def _name(path: Path, folder: Path) -> str:
    """Returns the name relative to the folder, without the parts . and .."""
    return Path(os.path.relpath(path, folder)).as_posix()


def _listed(row: Row) -> Listed:
    name = row.cells.get("file_name")
    problem = row.problem or (None if isinstance(name, str) and name.strip() else "has no file_name")
    return Listed(f"{row.where} ({shown(name)})" if name else row.where, str(name or ""), problem)


def _metadata_files(files: list[Path]) -> Iterator[Path]:
    """Yields the metadata file of each folder, outer folders first."""
    found: dict[Path, Path] = {}
    for path in files:
        if path.name in METADATA:
            best = found.get(path.parent, path)
            found[path.parent] = min(best, path, key=lambda one: METADATA.index(one.name))
    yield from sorted(found.values(), key=lambda path: (len(path.parts), path))


def _is_image(path: Path, folder: Path) -> bool:
    """Returns whether a file is a picture by its suffix. Raises BlindspotError if it is a link out of the folder."""
    suffix = path.suffix.lower()
    is_image = (suffix in readable_suffixes() or suffix in UNSUPPORTED) and not path.is_dir()
    if path.is_symlink() and (is_image or path.is_dir()):
        refuse_outside(path, folder)
    return is_image


def _ignored(files: list[Path]) -> list[str]:
    counts = Counter(path.suffix.lower() or "no suffix" for path in files if path.name not in METADATA)
    kinds = ", ".join(f"{count:,} {shown(suffix)}" for suffix, count in counts.most_common(5))
    return [f"other files ignored: {sum(counts.values()):,} ({kinds})"] if counts else []
