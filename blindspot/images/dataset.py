"""Images in a column of a Hugging Face dataset, local or from the hub."""

import re
from collections import Counter
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

from PIL.Image import Image as Picture

from blindspot.errors import BlindspotError, UnreadableImage
from blindspot.images.reading import read_picture
from blindspot.images.rows import id_from, scene_from, unreadable
from blindspot.images.tables import shown
from blindspot.records.image import IMAGE_ID, SourceImage

LOCAL_FILES = {".parquet": "parquet", ".arrow": "arrow"}
ON_DISK = ("dataset_dict.json", "state.json")  # files that Dataset.save_to_disk writes


class DatasetSource:
    """The image of each row of a dataset, in row order, scaled down to `max_side` px.

    `name`: a hub id, a folder (as `save_to_disk` writes it, or with files that `load_dataset` reads), or a Parquet or
    Arrow file. The columns `image_id` and `scene` are optional. The id is the row number unless `image_id` is unique
    and a valid file name in every row (several rows may be questions about one image). No code of the dataset is run.

    Attributes:
        notes: whether the ids of the dataset are not used, and why; complete after `images()` ends.
    """

    def __init__(
        self, name: str, config: str | None, split: str, column: str, revision: str | None, max_side: int
    ) -> None:
        self.name, self.config, self.split, self.column, self.revision = name, config, split, column, revision
        self.max_side = max_side
        self.notes: list[str] = []

    def images(self) -> Iterator[SourceImage]:
        """Yields each image.

        Raises BlindspotError if the dataset cannot be loaded or has no rows, or if the split or the column is missing
        or the column has no images.
        """
        rows = self._rows()
        pictures = _undecoded(rows, self.column, self.name)
        scenes = rows["scene"][:] if "scene" in rows.column_names else [None] * len(rows)
        ids, self.notes = _ids(rows)
        for index, (image_id, text) in enumerate(zip(ids, scenes, strict=True)):
            name = f"row {index} of {self.name}"
            try:
                scene = scene_from(text)
            except ValueError as error:
                yield unreadable(name, f"has a scene that cannot be read ({error})")
                continue
            yield SourceImage(image_id, name, partial(self._open, pictures, index), scene)

    def _rows(self) -> Any:
        from datasets import DatasetDict
        from datasets.exceptions import DatasetsError

        try:
            rows = self._load()
        except (ConnectionError, TimeoutError) as error:
            raise BlindspotError(
                f"dataset {self.name} is not a local folder or file, and the hub cannot be reached ({error})",
                "set prepare.dataset.name to a local dataset, or connect to a network",
            ) from None
        except (OSError, ValueError, LookupError, RuntimeError, TypeError, DatasetsError) as error:
            raise BlindspotError(
                f"dataset {self.name} cannot be read ({_first_line(error)})", "set prepare.dataset to another dataset"
            ) from None
        if isinstance(rows, DatasetDict):
            if self.split not in rows:
                splits = f"(it has {', '.join(rows)})"
                raise BlindspotError(
                    f"dataset {self.name} has no split {self.split!r} {splits}", "set prepare.dataset.split"
                )
            rows = rows[self.split]
        return rows

    def _load(self) -> Any:
        """Returns the split, or all splits of a dataset that `save_to_disk` wrote."""
        from datasets import load_dataset, load_from_disk, logging

        logging.set_verbosity(logging.CRITICAL)  # the exception says the same
        path = Path(self.name)
        if any((path / file).is_file() for file in ON_DISK):
            return load_from_disk(self.name)
        if path.is_file() and path.suffix in LOCAL_FILES:
            return load_dataset(LOCAL_FILES[path.suffix], data_files=self.name, split="train")
        return load_dataset(self.name, self.config, split=self.split, revision=self.revision)

    def _open(self, pictures: Any, index: int) -> Picture:
        cell = pictures[index][self.column]
        if cell is None:
            raise UnreadableImage("has no image")
        if cell["bytes"] is not None:
            return read_picture(cell["bytes"], self.max_side)
        if cell["path"] is None:
            raise UnreadableImage("has no image")
        return read_picture(_find(str(cell["path"]), self.name), self.max_side)


def _ids(rows: Any) -> tuple[list[str], list[str]]:
    """Returns the ids of the rows, and a note if the dataset has ids that are not used."""
    numbers = [f"row-{index:07d}" for index in range(len(rows))]
    if "image_id" not in rows.column_names:
        return numbers, []
    given = [id_from(value) for value in rows["image_id"][:]]
    ids = [image_id for image_id in given if image_id and re.match(IMAGE_ID, image_id)]
    if len(ids) < len(given):
        odd = next(image_id for image_id in given if not (image_id and re.match(IMAGE_ID, image_id)))
        return numbers, [
            f"the column image_id is not used, because {_quoted(odd)} is no valid id; ids are row numbers"
        ]
    counts = Counter(image_id.lower() for image_id in ids)
    if again := next((image_id for image_id in ids if counts[image_id.lower()] > 1), None):
        return numbers, [f"the column image_id is not used, because {again} occurs again; ids are row numbers"]
    return ids, []


def _quoted(image_id: str | None) -> str:
    return "an empty cell" if image_id is None else repr(shown(image_id))


def _find(name: str, dataset: str) -> Path:
    """Returns the file of a row; its path may be relative to the dataset. Raises UnreadableImage if it is outside."""
    roots = _roots(dataset)
    for path in (roots[0] / name, Path(name)):
        try:
            if any(path.resolve().is_relative_to(root) for root in roots) and path.exists():
                return path
        except (OSError, ValueError, RuntimeError):
            continue
    inside = any(Path(name).is_relative_to(root) for root in roots) or not Path(name).is_absolute()
    raise UnreadableImage(f"names {shown(name)}, which is {'missing' if inside else 'outside the dataset'}")


def _undecoded(rows: Any, column: str, name: str) -> Any:
    """Returns the column, as bytes or paths. Raises BlindspotError if it is missing or has no images."""
    from datasets import Image, Value

    if column not in rows.column_names:
        columns = ", ".join(rows.column_names)[:200]
        raise BlindspotError(
            f"dataset {name} has no column {column!r} (it has {columns})", "set prepare.dataset.column"
        )
    kind = rows.features[column]
    if not (isinstance(kind, Image) or kind == Value("binary") or (isinstance(kind, dict) and "bytes" in kind)):
        what = _what(kind)
        raise BlindspotError(f"column {column!r} of dataset {name} has no images{what}", "set prepare.dataset.column")
    return rows.select_columns([column]).cast_column(column, Image(decode=False))


def _what(kind: Any) -> str:
    """Returns what a column without images has instead, for a message."""
    from datasets import LargeList, List, Value

    if isinstance(kind, (list, List, LargeList)):
        return " but several values in a row: make one row per image"
    if kind in (Value("string"), Value("large_string")):
        return " but text: paths and base64 are not read, store the images as bytes"
    return ""


def _roots(name: str) -> list[Path]:
    """Returns the folders from which a dataset's files may be read; otherwise rows could name any local file."""
    from datasets import config
    from huggingface_hub import constants

    own = [Path(name) if Path(name).is_dir() else Path(name).parent] if Path(name).exists() else []
    return [path.resolve() for path in (*own, Path(config.HF_CACHE_HOME), Path(constants.HF_HUB_CACHE))]


def _first_line(error: Exception) -> str:
    return (str(error).strip() or type(error).__name__).splitlines()[0][:300]
