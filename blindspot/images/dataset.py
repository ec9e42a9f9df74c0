"""Images in a column of a Hugging Face dataset, local or from the hub."""

import re
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

from PIL.Image import Image as Picture

from blindspot.errors import BlindspotError, UnreadableImage
from blindspot.images.files import id_from, scene_from
from blindspot.images.reading import read_picture
from blindspot.records.image import IMAGE_ID, SourceImage

LOCAL_FILES = {".parquet": "parquet", ".arrow": "arrow"}
ON_DISK = ("dataset_dict.json", "state.json")  # files that Dataset.save_to_disk writes


class DatasetSource:
    """The image of each row of a dataset, in row order, scaled down to `max_side` px.

    `name`: a hub id, a folder (as `save_to_disk` writes it, or with files that `load_dataset` reads), or a Parquet or
    Arrow file. The columns `image_id` and `scene` are optional. The id is the row number unless `image_id` is unique
    and a valid file name in every row (several rows may be questions about one image). No code of the dataset is run.
    """

    def __init__(
        self, name: str, config: str | None, split: str, column: str, revision: str | None, max_side: int
    ) -> None:
        self.name, self.config, self.split, self.column, self.revision = name, config, split, column, revision
        self.max_side = max_side

    def images(self) -> Iterator[SourceImage]:
        """Yields each image.

        Raises BlindspotError if the dataset cannot be loaded or has no rows, or if the split or the column is missing
        or the column has no images.
        """
        rows = self._rows()
        pictures = _undecoded(rows, self.column, self.name)
        scenes = rows["scene"][:] if "scene" in rows.column_names else [None] * len(rows)
        for index, (image_id, scene) in enumerate(zip(_ids(rows), scenes, strict=True)):
            name = f"row {index} of {self.name}"
            yield SourceImage(image_id, name, partial(self._open, pictures, index), scene_from(scene, name))

    def _rows(self) -> Any:
        from datasets import DatasetDict

        try:
            rows = self._load()
        except (ConnectionError, TimeoutError) as error:
            raise BlindspotError(
                f"dataset {self.name} is not a local folder or file, and the hub cannot be reached ({error})",
                "set prepare.dataset.name to a local dataset, or connect to a network",
            ) from None
        except (OSError, ValueError, LookupError, RuntimeError) as error:
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
        from datasets import load_dataset, load_from_disk

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
        path = Path(cell["path"])
        if not any(path.resolve().is_relative_to(root) for root in _roots(self.name)):
            raise UnreadableImage(f"names {path}, which is outside the dataset")
        return read_picture(path, self.max_side)


def _ids(rows: Any) -> list[str]:
    if "image_id" in rows.column_names:
        given = [image_id for value in rows["image_id"][:] if (image_id := id_from(value))]
        if len(set(given)) == len(rows) and all(re.match(IMAGE_ID, image_id) for image_id in given):
            return given
    return [f"row-{index:07d}" for index in range(len(rows))]


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
        raise BlindspotError(f"column {column!r} of dataset {name} has no images", "set prepare.dataset.column")
    return rows.select_columns([column]).cast_column(column, Image(decode=False))


def _roots(name: str) -> list[Path]:
    """Returns the folders from which a dataset's files may be read; otherwise rows could name any local file."""
    from datasets import config
    from huggingface_hub import constants

    own = [Path(name) if Path(name).is_dir() else Path(name).parent] if Path(name).exists() else []
    return [path.resolve() for path in (*own, Path(config.HF_CACHE_HOME), Path(constants.HF_HUB_CACHE))]


def _first_line(error: Exception) -> str:
    return (str(error).strip() or type(error).__name__).splitlines()[0][:300]
