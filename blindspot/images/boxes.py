"""The boxes of a COCO file, as shares of the image area."""

import math
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

DIGITS = 6  # of an area: enough for a box of one pixel in an image of a million
WHOLE = 1.001  # largest coordinate of boxes that are shares of the image; above 1 because of rounding


class _Box(NamedTuple):
    category: str
    left: float
    top: float
    width: float
    height: float


class Boxes:
    """The objects of each image.

    `ids`: the id of the image that stands for each listed one, both as text (`id_text`). An id may be a number in one
    place and text in another. If no coordinate of the file is above 1, boxes are shares of the image, not pixels.

    Attributes:
        notes: how many annotations were left out, and why.
    """

    def __init__(self, annotations: Sequence[Any], categories: Sequence[Any], ids: Mapping[str, str]) -> None:
        self._ids = {_unpadded(image): other for image, other in ids.items()} | dict(ids)
        named = {id_text(one.get("id")): one.get("name") for one in categories if isinstance(one, dict)}
        self._names = {_unpadded(category): name for category, name in named.items()} | named
        self._left_out = Counter[str]()
        self._boxes: dict[str, list[_Box]] = defaultdict(list)
        self._incomplete: set[str] = set()
        boxes = [one for one in annotations if not isinstance(one, dict) or one.get("bbox") is not None]
        for annotation in boxes:
            self._add(annotation if isinstance(annotation, dict) else {})
        found = [box for of_image in self._boxes.values() for box in of_image]
        self._are_shares = bool(found) and all(
            max(box.left + box.width, box.top + box.height) <= WHOLE for box in found
        )
        if not self._are_shares:
            self._leave_out_parts_of_pixels()
        self._unknown = not boxes or self._left_out.total() == len(boxes)

    def _add(self, annotation: dict[str, Any]) -> None:
        image = _find(self._ids, annotation.get("image_id"))
        if image is None:
            self._left_out["belong to no image that is read"] += 1
            return
        name = _find(self._names, annotation.get("category_id"))
        if name is None:
            self._leave_out(image, "have a category that the file does not name")
            return
        numbers = annotation["bbox"] if isinstance(annotation["bbox"], (list, tuple)) else []
        box = [value for one in numbers if (value := number(one)) is not None]
        if len(box) != 4 or len(numbers) != 4 or min(box[2:]) < 0:
            self._leave_out(image, "have no box of four numbers")
        elif not _is_crowd(annotation.get("iscrowd")):
            self._boxes[image].append(_Box(str(name), *box))

    def _leave_out_parts_of_pixels(self) -> None:
        """Leaves out boxes within a pixel: probably shares of the image among boxes in pixels."""
        for image, boxes in self._boxes.items():
            whole = [box for box in boxes if not (0 < box.width < 1 and 0 < box.height < 1)]
            for _ in range(len(boxes) - len(whole)):
                self._leave_out(image, "have a box smaller than a pixel")
            self._boxes[image] = whole

    def _leave_out(self, image: str, reason: str) -> None:
        self._left_out[reason] += 1
        self._incomplete.add(image)

    @property
    def notes(self) -> list[str]:
        """What was left out, and how boxes were read."""
        notes = [f"annotations left out: {count:,}, because they {why}" for why, count in self._left_out.items()]
        return [*notes, "the boxes are read as shares of the image"] if self._are_shares else notes

    def needs_size(self, image_id: str) -> bool:
        """Returns whether the boxes of an image are in pixels."""
        return bool(self._boxes.get(image_id)) and not self._are_shares

    def of(self, image_id: str, size: tuple[float, float] | None) -> list[dict[str, str | float]] | None:
        """Returns the objects of an image, smallest first.

        None if the file has no boxes, if the image has none that can be used, or if its size is unknown.
        """
        boxes = self._boxes.get(image_id, [])
        if self._unknown or (not size and self.needs_size(image_id)):
            return None
        width, height = (1.0, 1.0) if self._are_shares or not size else size
        areas = sorted((_share(box, width, height), box.category) for box in boxes)
        objects: list[dict[str, str | float]] = [{"category": name, "area": area} for area, name in areas if area > 0]
        return objects if objects or image_id not in self._incomplete else None


def number(value: object) -> float | None:
    """Returns a finite number from a JSON value, None if it is none."""
    try:
        found = float(value) if isinstance(value, (int, float, str)) and not isinstance(value, bool) else math.nan
    except (ValueError, OverflowError):
        return None
    return found if math.isfinite(found) else None


def id_text(value: object) -> str:
    """Returns an id as text: 7, 7.0 and "7" are one id."""
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value).strip()


def _unpadded(text: str) -> str:
    return (text.lstrip("0") or "0") if text.isdecimal() else text


def _find(known: Mapping[str, Any], value: object) -> Any:
    """Returns what has the id; 007 is 7 unless both are known."""
    text = id_text(value)
    return known.get(text, known.get(_unpadded(text)))


def _is_crowd(value: object) -> bool:
    return bool(number(value)) if not isinstance(value, bool) else value


def _share(box: _Box, width: float, height: float) -> float:
    """Returns the share of the image area that lies in the box."""
    inside_width = min(box.left + box.width, width) - max(box.left, 0)
    inside_height = min(box.top + box.height, height) - max(box.top, 0)
    return round(max(inside_width, 0) * max(inside_height, 0) / (width * height), DIGITS)
