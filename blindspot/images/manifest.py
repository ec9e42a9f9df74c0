"""Images listed in a CSV, TSV, Parquet or JSON lines table."""

import os
from collections.abc import Iterator
from pathlib import Path

from blindspot.errors import BlindspotError
from blindspot.images.files import Listed, find_files
from blindspot.images.rows import Rows, unreadable
from blindspot.images.tables import Row, read_table, shown
from blindspot.records.image import SourceImage


class ManifestSource:
    """The image of each row of the table `file`, in row order, scaled down to `max_side` px.

    The column `path` is relative to `folder`, or absolute and inside it. The columns `image_id` and `scene` are
    optional; others are ignored. Without an id, the id is derived from the path. A file that several rows name is one
    image, with the id and the scene of the first row. A row that cannot be used is an unreadable image.

    Attributes:
        notes: what was changed or left out, one sentence each; complete after `images()` ends.
    """

    def __init__(self, file: Path, folder: Path, max_side: int) -> None:
        self.file, self.folder, self.max_side = file, folder, max_side
        self.notes: list[str] = []

    def images(self) -> Iterator[SourceImage]:
        """Yields each image.

        Raises BlindspotError if the table cannot be read, has no column `path` or no rows, names a file outside the
        folder, or if at least half of its rows name no file that exists.
        """
        rows = _read_rows(self.file)
        listed = [_listed(row) for row in rows]
        images, seen, again = Rows(self.max_side), set[str](), list[str]()
        for row, one, found in zip(rows, listed, find_files(self.folder, listed, self.file), strict=True):
            if found.path is None:
                yield unreadable(one.where, found.problem or "")
            elif (path := os.path.normpath(found.path)) in seen:
                again.append(shown(one.name))
            else:
                seen.add(path)
                yield images.image(found.path, one.name, row.cells)
        self.notes = images.notes
        if again:
            self.notes.append(
                f"rows of {self.file} that name a file again: {len(again):,} ({again[0]}); it is one image"
            )


def _listed(row: Row) -> Listed:
    name = str(row.cells.get("path") or "")
    problem = row.problem or (None if name.strip() else "has no path")
    return Listed(f"{row.where} ({shown(name)})" if name else row.where, name, problem)


def _read_rows(file: Path) -> list[Row]:
    if not file.is_file():
        raise BlindspotError(f"manifest {file} does not exist", "set prepare.file to a CSV or Parquet file")
    columns, rows = read_table(file, "manifest")
    if "path" not in columns and any(row.problem is None for row in rows):
        raise BlindspotError(
            f"manifest {file} has no column path (it has {', '.join(columns)[:200]})", "add a column path"
        )
    if not rows:
        raise BlindspotError(f"manifest {file} lists no images", "add rows")
    return rows
