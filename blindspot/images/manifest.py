"""Images that a CSV or Parquet table lists."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from blindspot.errors import BlindspotError
from blindspot.images.files import find_files, from_row
from blindspot.records.source_image import SourceImage

COLUMNS = ("path", "image_id", "scene")


class ManifestSource:
    """The image of each row of the table `file`, in its order, no side above `max_side` px.

    Column `path` is relative to `folder`, or absolute and inside it; `image_id` and `scene` are optional; others are
    ignored. Where no id is given it comes from the path.
    """

    def __init__(self, file: Path, folder: Path, max_side: int) -> None:
        self.file, self.folder, self.max_side = file, folder, max_side

    def images(self) -> Iterator[SourceImage]:
        """Every image. Raises BlindspotError.

        That is where the table cannot be read, has no column `path` or no row, or names a file that is missing, named
        before, or outside the folder.
        """
        rows = _read_rows(self.file)
        names = [str(row["path"] or "") for row in rows]
        if not all(names):
            raise BlindspotError(
                f"row {names.index('') + 1} of {self.file} has no path", "give it one or drop the row"
            )
        for row, name, path in zip(rows, names, find_files(self.folder, names, self.file), strict=True):
            yield from_row(path, name, row, self.max_side)


def _read_rows(file: Path) -> list[dict[str, Any]]:
    if not file.is_file():
        raise BlindspotError(f"manifest {file} is not there", "set prepare.file to a CSV or Parquet file")
    columns, rows = _read_csv(file) if file.suffix.lower() == ".csv" else _read_parquet(file)
    if "path" not in columns:
        raise BlindspotError(f"manifest {file} has no column path (it has {', '.join(columns)[:200]})", "give it one")
    if not rows:
        raise BlindspotError(f"manifest {file} lists no image", "give it rows")
    return rows


def _read_csv(file: Path) -> tuple[list[str], list[dict[str, Any]]]:
    import pandas as pd

    try:
        table = pd.read_csv(file, dtype=str, keep_default_na=False)
    except (OSError, ValueError) as error:
        raise BlindspotError(f"manifest {file} cannot be read as CSV ({error})", "mend that line") from None
    rows = [{str(key): value for key, value in row.items()} for row in table.to_dict("records")]
    return [str(name) for name in table.columns], rows


def _read_parquet(file: Path) -> tuple[list[str], list[dict[str, Any]]]:
    from pyarrow import parquet

    try:
        names = parquet.read_schema(file).names
        table = parquet.read_table(file, columns=[name for name in COLUMNS if name in names])
    except (OSError, ValueError) as error:
        raise BlindspotError(
            f"manifest {file} cannot be read as Parquet ({error})", "name a file that ends in .csv or is Parquet"
        ) from None
    return names, table.to_pylist()
