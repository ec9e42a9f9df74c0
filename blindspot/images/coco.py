"""Images listed in a COCO file (format: https://cocodataset.org/#format-data)."""

import json
from collections import defaultdict
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from pydantic import BaseModel, Field, ValidationError

from blindspot.errors import BlindspotError
from blindspot.images.files import find_files
from blindspot.images.reading import read_picture
from blindspot.records.image import SourceImage

DIGITS = 6  # of an area: enough for a box of one pixel in an image of a million


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
    """The images of a COCO file (instances or captions) in file order, scaled down to `max_side` px.

    The image files are in `folder`. The boxes of instances give each object's share of the image area. Crowds and
    boxes without area are ignored, and so are captions and annotations of images that the file does not list.
    """

    def __init__(self, file: Path, folder: Path, max_side: int) -> None:
        self.file, self.folder, self.max_side = file, folder, max_side

    def images(self) -> Iterator[SourceImage]:
        """Yields each image with its boxes.

        Raises BlindspotError if the file is missing or not in COCO format, if it names an image that is missing,
        named twice or outside the folder, or a category that it does not list.
        """
        coco = _read(self.file)
        paths = find_files(self.folder, [image.file_name for image in coco.images], self.file)
        boxes = _boxes(coco, self.file)
        for image, path in zip(coco.images, paths, strict=True):
            text = json.dumps(boxes[image.id], ensure_ascii=False) if boxes is not None else None
            yield SourceImage(str(image.id), str(path), partial(read_picture, path, self.max_side), boxes=text)


def _read(file: Path) -> _Coco:
    try:
        return _Coco.model_validate_json(file.read_bytes())
    except OSError as error:
        raise BlindspotError(f"COCO file {file} cannot be read ({error.strerror})", "set prepare.file") from None
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise BlindspotError(
            f"{file} is not a COCO file ({where or 'whole file'}: {first['msg']})",
            "set prepare.file to an instances or captions JSON file",
        ) from None


def _boxes(coco: _Coco, file: Path) -> dict[int | str, list[dict[str, str | float]]] | None:
    """Returns the objects of each image, smallest first, or None if the file has no boxes."""
    if all(annotation.bbox is None for annotation in coco.annotations):
        return None
    names = {category.id: category.name for category in coco.categories}
    sizes = {image.id: (image.width, image.height) for image in coco.images}
    found = defaultdict(list)
    for annotation in coco.annotations:
        if annotation.bbox is None or annotation.iscrowd or annotation.image_id not in sizes:
            continue
        if annotation.category_id not in names:
            raise BlindspotError(f"{file} lists no category {annotation.category_id}", "add it to its categories")
        if (area := _share(annotation.bbox, *sizes[annotation.image_id])) > 0:
            found[annotation.image_id].append((area, names[annotation.category_id]))
    return {
        image: [{"category": name, "area": area} for area, name in sorted(found.get(image, []))] for image in sizes
    }


def _share(box: tuple[float, float, float, float], width: int, height: int) -> float:
    """Returns the share of the image area that lies in the box."""
    left, top, box_width, box_height = box
    inside_width = min(left + box_width, width) - max(left, 0)
    inside_height = min(top + box_height, height) - max(top, 0)
    return round(max(inside_width, 0) * max(inside_height, 0) / (width * height), DIGITS)
