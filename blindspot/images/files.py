"""Image files that a folder, a table or a COCO file lists, with their ids and scenes."""

import hashlib
import os
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from blindspot.errors import BlindspotError
from blindspot.images.reading import read_picture
from blindspot.records.image import SourceImage
from blindspot.scenes.scene import Scene


def find_files(folder: Path, names: Sequence[str], named_in: Path) -> list[Path]:
    """Returns the paths of files that `named_in` lists by name, relative to the folder or absolute.

    Raises BlindspotError if the folder or a file is missing, if a file is named twice, or if a file is outside the
    folder after following links: a downloaded list must not reach other files of this machine.
    """
    if not folder.is_dir():
        raise BlindspotError(f"image folder {folder} does not exist", "set prepare.folder")
    root = folder.resolve()
    paths = [_require_inside(folder / name, root, f"{named_in} names {name}, which") for name in names]
    counts = Counter(os.path.normpath(path) for path in paths)
    if twice := [name for name, path in zip(names, paths, strict=True) if counts[os.path.normpath(path)] > 1]:
        raise BlindspotError(f"{named_in} names a file twice ({twice[0]})", "keep one row per file")
    if missing := [name for name, path in zip(names, paths, strict=True) if not path.is_file()]:
        count = f"{len(missing):,} of its {len(names):,} images are"
        raise BlindspotError(
            f"{named_in} names {missing[0]}, which is missing ({count} not in {folder})",
            "set prepare.folder to their folder, add the files, or remove their rows",
        )
    return paths


def refuse_outside(link: Path, folder: Path) -> None:
    """Raises BlindspotError if a link leads out of the folder."""
    _require_inside(link, folder.resolve(), f"image {link} is a link that")


def _require_inside(path: Path, root: Path, subject: str) -> Path:
    try:
        if path.resolve().is_relative_to(root):
            return path
    except (OSError, ValueError, RuntimeError):  # a loop of links, or an invalid name
        pass
    raise BlindspotError(f"{subject} leads out of {root}", "set prepare.folder to a folder that contains all images")


def from_row(path: Path, name: str, row: Mapping[str, Any], max_side: int) -> SourceImage:
    """Returns the image of a file; the row of a table may give its `image_id` and `scene`."""
    image_id = id_from(row.get("image_id")) or _image_id(name)
    scene = scene_from(row.get("scene"), name)
    return SourceImage(image_id, str(path), partial(read_picture, path, max_side), scene)


def id_from(value: object) -> str | None:
    """Returns an image id from a table cell, None if the cell is empty.

    pandas reads a column of integers with missing values as floats, so 7.0 becomes "7".
    """
    if value is None or value == "" or value != value:
        return None
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def scene_from(text: object, name: str) -> str | None:
    """Returns a scene as JSON from a table cell, None if the cell is empty. Raises BlindspotError if it is invalid."""
    if not text:
        return None
    try:
        return Scene.from_json(text).to_json()  # type: ignore[arg-type]
    except (ValueError, TypeError) as error:
        raise BlindspotError(
            f"the scene of {name} cannot be read ({error})", "fix or remove it in the metadata"
        ) from None


def _image_id(name: str) -> str:
    """Returns a valid file name with a hash of the path, so that a/cat.png and b/cat.jpg get different ids."""
    slug = re.sub(r"[^A-Za-z0-9]+", "-", Path(name).stem).strip("-")[:40]
    return f"{slug or 'image'}-{hashlib.sha256(name.encode()).hexdigest()[:8]}"
