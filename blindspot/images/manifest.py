"""Images listed in a CSV or Parquet table."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from blindspot.errors import BlindspotError
from blindspot.images.files import find_files, from_row
from blindspot.records.image import SourceImage

COLUMNS = ("path", "image_id", "scene")


class ManifestSource:
    """The image of each row of the table `file`, in row order, scaled down to `max_side` px.

    The column `path` is relative to `folder`, or absolute and inside it. The columns `image_id` and `scene` are
    optional; others are ignored. Without an id, the id is derived from the path.
    """

    def __init__(self, file: Path, folder: Path, max_side: int) -> None:
        self.file, self.folder, self.max_side = file, folder, max_side

    def images(self) -> Iterator[SourceImage]:
        """Yields each image.

        Raises BlindspotError if the table cannot be read, has no column `path` or no rows, or names a file that is
        missing, named twice or outside the folder.
        """
        rows = _read_rows(self.file)
        names = [str(row["path"] or "") for row in rows]
        if not all(names):
            raise BlindspotError(
                f"row {names.index('') + 1} of {self.file} has no path", "add a path or remove the row"
            )
        for row, name, path in zip(rows, names, find_files(self.folder, names, self.file), strict=True):
            yield from_row(path, name, row, self.max_side)


def _read_rows(file: Path) -> list[dict[str, Any]]:
    if not file.is_file():
        raise BlindspotError(f"manifest {file} does not exist", "set prepare.file to a CSV or Parquet file")
    columns, rows = _read_csv(file) if file.suffix.lower() == ".csv" else _read_parquet(file)
    if "path" not in columns:
        raise BlindspotError(
            f"manifest {file} has no column path (it has {', '.join(columns)[:200]})", "add a column path"
        )
    if not rows:
        raise BlindspotError(f"manifest {file} lists no images", "add rows")
    return rows


def _read_csv(file: Path) -> tuple[list[str], list[dict[str, Any]]]:
    import pandas as pd

    try:
        table = pd.read_csv(file, dtype=str, keep_default_na=False)
    except (OSError, ValueError) as error:
        raise BlindspotError(f"manifest {file} cannot be read as CSV ({error})", "fix that line") from None
    rows = [{str(key): value for key, value in row.items()} for row in table.to_dict("records")]
    return [str(name) for name in table.columns], rows


def _read_parquet(file: Path) -> tuple[list[str], list[dict[str, Any]]]:
    from pyarrow import parquet

    try:
        names = parquet.read_schema(file).names
        table = parquet.read_table(file, columns=[name for name in COLUMNS if name in names])
    except (OSError, ValueError) as error:
        raise BlindspotError(
            f"manifest {file} cannot be read as Parquet ({error})", "set prepare.file to a .csv or a Parquet file"
        ) from None
    return names, table.to_pylist()
