"""Images listed in a COCO file (format: https://cocodataset.org/#format-data)."""

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from pydantic import BaseModel, Field, ValidationError

from blindspot.errors import BlindspotError
from blindspot.images.boxes import Boxes, id_text, number
from blindspot.images.files import Listed, find_files
from blindspot.images.reading import read_size
from blindspot.images.rows import Rows, unreadable
from blindspot.images.tables import shown
from blindspot.records.image import SourceImage


class _Coco(BaseModel):
    images: list[Any] = Field(min_length=1)
    annotations: list[Any] | None = None
    categories: list[Any] | None = None


class CocoSource:
    """The images of a COCO file (instances or captions) in file order, scaled down to `max_side` px.

    The image files are in `folder`. The boxes of instances give each object's share of the image area. Crowds and
    boxes without area are ignored, and so are captions. Annotations that cannot be used are left out. A file that is
    listed twice is one image with the annotations of both. An image that cannot be used is unreadable.

    Attributes:
        notes: what was changed or left out, one sentence each; complete after `images()` ends.
    """

    def __init__(self, file: Path, folder: Path, max_side: int) -> None:
        self.file, self.folder, self.max_side = file, folder, max_side
        self.notes: list[str] = []

    def images(self) -> Iterator[SourceImage]:
        """Yields each image with its boxes.

        Raises BlindspotError if the file is missing or not in COCO format, if it names an image outside the folder, or
        if at least half of its images are missing.
        """
        coco = _read(self.file)
        rows = [image if isinstance(image, dict) else {} for image in coco.images]
        listed = [_listed(row, f"image {number} of {self.file.name}") for number, row in enumerate(rows, 1)]
        found = find_files(self.folder, listed, self.file)
        first: dict[str, str] = {}  # the id of the first image of each file
        ids = dict[str, str]()
        for row, at in zip(rows, found, strict=True):
            if at.path is not None:
                image_id = id_text(row["id"])
                ids[image_id] = first.setdefault(os.path.normpath(at.path), image_id)
        boxes, images = Boxes(coco.annotations or [], coco.categories or [], ids), Rows(self.max_side)
        again = list[str]()
        for row, one, at in zip(rows, listed, found, strict=True):
            if at.path is None:
                yield unreadable(one.where, at.problem or "")
            elif first.pop(os.path.normpath(at.path), None) is None:
                again.append(shown(one.name))
            else:
                yield images.image(at.path, one.name, {"image_id": row["id"]}, self._boxes(boxes, row, at.path))
        self.notes = [*images.notes, *boxes.notes]
        if again:
            self.notes.append(
                f"images of {self.file} that name a file again: {len(again):,} ({again[0]}); it is one image"
            )

    def _boxes(self, boxes: Boxes, row: dict[str, Any], path: Path) -> str | None:
        """Returns the boxes as JSON; reads the size of the picture if the file does not have it."""
        image_id = id_text(row["id"])
        size = _size(row)
        if size is None and boxes.needs_size(image_id):
            size = read_size(path)
        objects = boxes.of(image_id, size)
        return None if objects is None else json.dumps(objects, ensure_ascii=False)


def _read(file: Path) -> _Coco:
    try:
        if not file.is_file():
            raise FileNotFoundError(2, "it is missing or not a regular file")
        return _Coco.model_validate(json.loads(file.read_bytes()))
    except OSError as error:
        raise BlindspotError(f"COCO file {file} cannot be read ({error.strerror})", "set prepare.file") from None
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        reason = f"{where or 'whole file'}: {first['msg']}"
    except (ValueError, RecursionError) as error:
        reason = f"whole file: Invalid JSON: {str(error)[:200]}"
    raise BlindspotError(
        f"{file} is not a COCO file ({reason})", "set prepare.file to an instances or captions JSON file"
    ) from None


def _listed(row: dict[str, Any], where: str) -> Listed:
    """Returns the file of an image; LVIS names it in `coco_url` only."""
    name = row.get("file_name") or _in_url(row.get("coco_url"))
    image_id = row.get("id")
    if isinstance(image_id, bool) or not isinstance(image_id, (int, float, str)) or image_id != image_id:
        return Listed(where, "", "has no id")
    if not isinstance(name, str) or not name.strip():
        return Listed(f"{where} (id {shown(image_id)})", "", "has no file_name")
    return Listed(f"{where} ({shown(name)})", name)


def _in_url(url: object) -> str:
    return unquote(urlsplit(url).path.rpartition("/")[2]) if isinstance(url, str) else ""


def _size(row: dict[str, Any]) -> tuple[float, float] | None:
    """Returns width and height, None if they are missing or not positive."""
    width, height = number(row.get("width")), number(row.get("height"))
    return (width, height) if width and height and width > 0 and height > 0 else None
