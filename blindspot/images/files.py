"""Image files that a folder, a table or a COCO file names."""

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
from blindspot.records.source_image import SourceImage
from blindspot.scenes.scene import Scene


def find_files(folder: Path, names: Sequence[str], named_in: Path) -> list[Path]:
    """The files of these names, which `named_in` gives, relative to the folder or absolute.

    Raises BlindspotError where the folder or any file is missing, a name is given twice, or a file, links followed,
    lies outside the folder: a list from elsewhere must not reach other files of this machine.
    """
    if not folder.is_dir():
        raise BlindspotError(f"image folder {folder} is not there", "set prepare.folder")
    root = folder.resolve()
    paths = [_inside(folder / name, root, f"{named_in} names {name}, which") for name in names]
    counts = Counter(os.path.normpath(path) for path in paths)
    if twice := [name for name, path in zip(names, paths, strict=True) if counts[os.path.normpath(path)] > 1]:
        raise BlindspotError(f"{named_in} names a file twice ({twice[0]})", "keep one row a file")
    if missing := [name for name, path in zip(names, paths, strict=True) if not path.is_file()]:
        count = f"{len(missing):,} of its {len(names):,} images are"
        raise BlindspotError(
            f"{named_in} names {missing[0]}, which is missing ({count} not in {folder})",
            "set prepare.folder to where they are, add the files or drop their rows",
        )
    return paths


def inside(path: Path, folder: Path) -> Path:
    """The path. Raises BlindspotError where it is a link that leads out of the folder."""
    return _inside(path, folder.resolve(), f"image {path} is a link that")


def _inside(path: Path, root: Path, who: str) -> Path:
    try:
        if path.resolve().is_relative_to(root):
            return path
    except (OSError, ValueError, RuntimeError):  # a loop of links, a name that no file can have
        pass
    raise BlindspotError(f"{who} leads out of {root}", "set prepare.folder to a folder that holds all images")


def from_row(path: Path, name: str, row: Mapping[str, Any], max_side: int) -> SourceImage:
    """The image of a file that a table's row describes, by `image_id` and `scene`, both optional."""
    image_id = id_from(row.get("image_id")) or _image_id(name)
    scene = scene_from(row.get("scene"), name)
    return SourceImage(image_id, str(path), partial(read_picture, path, max_side), scene)


def id_from(value: object) -> str | None:
    """An image id from a table's cell, None where it is empty. Tables turn whole numbers with gaps into fractions."""
    if value is None or value == "" or value != value:
        return None
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def scene_from(text: object, name: str) -> str | None:
    """A scene from a table's cell, None where it is empty. Raises BlindspotError."""
    if not text:
        return None
    try:
        return Scene.from_json(text).to_json()  # type: ignore[arg-type]
    except (ValueError, TypeError) as error:
        raise BlindspotError(
            f"the scene of {name} cannot be read ({error})", "mend or drop it in the metadata"
        ) from None


def _image_id(name: str) -> str:
    """A name that is safe as a file name, with a hash of the path: a/cat.png and b/cat.jpg differ."""
    slug = re.sub(r"[^A-Za-z0-9]+", "-", Path(name).stem).strip("-")[:40]
    return f"{slug or 'image'}-{hashlib.sha256(name.encode()).hexdigest()[:8]}"
