"""Makes images from the rows of a list: their ids and scenes."""

import hashlib
import re
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any

from PIL.Image import Image as Picture

from blindspot.errors import UnreadableImage
from blindspot.images.reading import read_picture
from blindspot.images.tables import shown
from blindspot.records.image import IMAGE_ID, SourceImage
from blindspot.scenes.stored import read_scene


class Rows:
    """Makes the images of one list. No two get the same id.

    Attributes:
        notes: what was changed in the list, one sentence each.
    """

    def __init__(self, max_side: int) -> None:
        self._max_side = max_side
        self._given: dict[str, str] = {}  # the name of the image with each id
        self._used: set[str] = set()  # ids in lower case: a.png and A.png are one file on some disks
        self._changed: list[str] = []

    @property
    def notes(self) -> list[str]:
        """What was changed in the ids."""
        if not self._changed:
            return []
        why = "they are no valid file names, or differ from others in case only"
        return [f"image ids changed: {len(self._changed):,}, because {why}; for example {self._changed[0]}"]

    def image(self, picture: Path | bytes, name: str, row: Mapping[str, Any], boxes: str | None = None) -> SourceImage:
        """Returns the image of a file or of its bytes; the row may give its `image_id` and `scene`.

        Without an id, it is derived from the name. An id that is not a valid file name, or that differs from an
        earlier one in case only, is changed. An image with the id of an earlier one, or with an invalid scene, is
        unreadable.
        """
        text = shown(picture) if isinstance(picture, Path) else name
        given = id_from(row.get("image_id"))
        image_id = self._unique(given or _derived(Path(name).stem, name), text)
        if image_id is None:
            return unreadable(text, f"has the image id {shown(given)}, as {self._given[str(given)]} has")
        try:
            scene = scene_from(row.get("scene"))
        except ValueError as error:
            return unreadable(text, f"has a scene that cannot be read ({error})")
        return SourceImage(image_id, text, partial(read_picture, picture, self._max_side), scene, boxes)

    def _unique(self, given: str, name: str) -> str | None:
        """Returns a valid id that no other image has, or None if another image has the given one."""
        if given in self._given:
            return None
        image_id = given
        if given.lower() in self._used or not re.match(IMAGE_ID, given):
            image_id = _derived(given, given)
            self._changed.append(f"{shown(given)[:60]} to {image_id}")
        self._given[given] = name
        self._used.add(image_id.lower())
        return image_id


def unreadable(name: str, reason: str) -> SourceImage:
    """Returns an image that raises UnreadableImage with the reason when it is opened."""

    reason = reason.encode("utf-8", "backslashreplace").decode()

    def refuse() -> Picture:
        raise UnreadableImage(reason)

    return SourceImage(_derived("unreadable", f"{name} {reason}"), name, refuse)


def id_from(value: object) -> str | None:
    """Returns an image id from a table cell, None if the cell is empty.

    A column of integers with missing values is often stored as floats, so 7.0 becomes "7".
    """
    if value is None or value != value:
        return None
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value).strip() or None


def scene_from(text: object) -> str | None:
    """Returns a scene as JSON from a table cell, None if the cell is empty. Raises ValueError if it is invalid."""
    if not text:
        return None
    try:
        return read_scene(text).to_json()  # type: ignore[arg-type]
    except (ValueError, TypeError, LookupError, AttributeError, RecursionError) as error:
        raise ValueError(str(error).splitlines()[0][:200] if str(error) else type(error).__name__) from None


def _derived(slug: str, name: str) -> str:
    """Returns a valid file name with a hash of the name, so that a/cat.png and b/cat.jpg get different ids."""
    slug = re.sub(r"[^A-Za-z0-9]+", "-", slug).strip("-")[:40]
    return f"{slug or 'image'}-{hashlib.sha256(name.encode('utf-8', 'surrogatepass')).hexdigest()[:8]}"
