"""Images that a COCO file describes (format: https://cocodataset.org/#format-data)."""

import json
from collections import defaultdict
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from pydantic import BaseModel, Field, ValidationError

from blindspot.errors import BlindspotError
from blindspot.images.files import find_files
from blindspot.images.reading import read_picture
from blindspot.records.source_image import SourceImage

DIGITS = 6  # of an area: a box of one pixel in a picture of a million


class _Image(BaseModel):
    id: int | str
    file_name: str
    width: int = Field(gt=0)
    height: int = Field(gt=0)


class _Category(BaseModel):
    id: int | str
    name: str


class _Annotation(BaseModel):
    image_id: int | str
    category_id: int | str | None = None
    bbox: tuple[float, float, float, float] | None = None  # left, top, width, height in px
    iscrowd: int = 0


class _Coco(BaseModel):
    images: list[_Image] = Field(min_length=1)
    annotations: list[_Annotation] = []
    categories: list[_Category] = []


class CocoSource:
    """The images of a COCO file, instances or captions, in its order, no side above `max_side` px.

    Their files lie in `folder`. Boxes of instances give each object's share of its image; crowds, and boxes without an
    area, are no objects. Captions are not read, and annotations of images that the file does not list are passed over.
    """

    def __init__(self, file: Path, folder: Path, max_side: int) -> None:
        self.file, self.folder, self.max_side = file, folder, max_side

    def images(self) -> Iterator[SourceImage]:
        """Every image with its boxes. Raises BlindspotError.

        That is where the file is missing or no COCO, or names an image that is missing, named before, or outside the
        folder, or a category that it does not list.
        """
        coco = _read(self.file)
        paths = find_files(self.folder, [image.file_name for image in coco.images], self.file)
        boxes = _boxes(coco, self.file)
        for image, path in zip(coco.images, paths, strict=True):
            told = json.dumps(boxes[image.id], ensure_ascii=False) if boxes is not None else None
            yield SourceImage(str(image.id), str(path), partial(read_picture, path, self.max_side), boxes=told)


def _read(file: Path) -> _Coco:
    try:
        return _Coco.model_validate_json(file.read_bytes())
    except OSError as error:
        raise BlindspotError(f"COCO file {file} cannot be read ({error.strerror})", "set prepare.file") from None
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise BlindspotError(
            f"{file} is no COCO file ({where or 'the whole'}: {first['msg']})", "name its instances or captions JSON"
        ) from None


def _boxes(coco: _Coco, file: Path) -> dict[int | str, list[dict[str, str | float]]] | None:
    """The objects of each image, smallest first; None where the file has no box at all: it does not say."""
    if all(one.bbox is None for one in coco.annotations):
        return None
    names = {category.id: category.name for category in coco.categories}
    sizes = {image.id: (image.width, image.height) for image in coco.images}
    found = defaultdict(list)
    for one in coco.annotations:
        if one.bbox is None or one.iscrowd or one.image_id not in sizes:
            continue
        if one.category_id not in names:
            raise BlindspotError(f"{file} lists no category {one.category_id}", "add it to its categories")
        if (area := _share(one.bbox, *sizes[one.image_id])) > 0:
            found[one.image_id].append((area, names[one.category_id]))
    return {
        image: [{"category": name, "area": area} for area, name in sorted(found.get(image, []))] for image in sizes
    }


def _share(box: tuple[float, float, float, float], width: int, height: int) -> float:
    """What share of the image lies in the box."""
    left, top, across, down = box
    wide = min(left + across, width) - max(left, 0)
    high = min(top + down, height) - max(top, 0)
    return round(max(wide, 0) * max(high, 0) / (width * height), DIGITS)
