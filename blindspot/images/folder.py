"""Images in a folder, by the imagefolder convention of Hugging Face datasets."""

import hashlib
import json
import re
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from PIL import Image, ImageOps
from PIL.Image import Image as Picture

from blindspot.errors import BlindspotError
from blindspot.scenes.scene import Scene

#: What Pillow raises on bytes that are no image of the kind they say they are.
UNREADABLE = (OSError, SyntaxError, ValueError, EOFError, struct.error, Image.DecompressionBombError)


class FolderSource:
    """Every image file below `folder`, in the order of their paths.

    `metadata.jsonl` or `metadata.csv` in the folder may give files, by `file_name` relative to the folder, an
    `image_id` and a `scene`. Where no id is given it comes from the file's path, so it stays when others are added.
    Other files and hidden ones are passed over.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def files(self) -> list[str]:
        """The paths of the images below the folder, sorted. Raises BlindspotError where there is none."""
        if not self.folder.is_dir():
            raise BlindspotError(f"image folder {self.folder} is not there", "set prepare.folder")
        found = {path.relative_to(self.folder).as_posix() for path in _image_files(self.folder)}
        if not (files := sorted(found | _metadata(self.folder).keys())):
            raise BlindspotError(f"folder {self.folder} has no image", "put images in it or set prepare.folder")
        return files

    def images(self) -> Iterator[tuple[str, Picture, str | None]]:
        """(image id, upright RGB picture, scene as JSON or None), in a fixed order.

        Raises BlindspotError where the folder is absent or has no image, a file named in the metadata is missing, or
        a file cannot be read as an image.
        """
        rows = _metadata(self.folder)
        for name in self.files():
            row = rows.get(name, {})
            yield str(row.get("image_id") or _image_id(name)), _open(self.folder / name), _scene(name, row)


def _image_files(folder: Path) -> Iterator[Path]:
    Image.init()
    known = {suffix for suffix, kind in Image.registered_extensions().items() if kind in Image.OPEN}
    for path in folder.rglob("*"):
        hidden = any(part.startswith(".") for part in path.relative_to(folder).parts)
        if path.is_file() and not hidden and path.suffix.lower() in known:
            yield path


def _metadata(folder: Path) -> dict[str, dict[str, Any]]:
    """The metadata's rows by file name, every one of which exists."""
    for path in (folder / "metadata.jsonl", folder / "metadata.csv"):
        if path.is_file():
            rows = _read_rows(path)
            for name in rows:
                if not (folder / name).is_file():
                    raise BlindspotError(f"{path} names {name}, which is missing", "add the file or drop its row")
            return rows
    return {}


def _read_rows(path: Path) -> dict[str, dict[str, Any]]:
    import pandas as pd

    try:
        if path.suffix == ".csv":
            table = pd.read_csv(path, dtype=str, keep_default_na=False)
            rows = [{str(key): value for key, value in row.items()} for row in table.to_dict("records")]
        else:
            rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
        named = {Path(row["file_name"]).as_posix(): row for row in rows}
    except (ValueError, TypeError, KeyError) as error:
        raise BlindspotError(f"{path} cannot be read ({error!r})", "give each row a file_name") from None
    if len(named) < len(rows):
        raise BlindspotError(f"{path} names a file twice", "keep one row a file")
    return named


def _image_id(name: str) -> str:
    """A name that is safe as a file name, with a hash of the path: a/cat.png and b/cat.jpg differ."""
    slug = re.sub(r"[^A-Za-z0-9]+", "-", Path(name).stem).strip("-")[:40]
    return f"{slug or 'image'}-{hashlib.sha256(name.encode()).hexdigest()[:8]}"


def _open(path: Path) -> Picture:
    if path.stat().st_size == 0:
        raise BlindspotError(f"image {path} is empty (0 bytes)", "replace or remove the file")
    try:
        with Image.open(path) as picture:
            return _to_rgb(ImageOps.exif_transpose(picture))
    except UNREADABLE as error:
        raise BlindspotError(f"image {path} cannot be read ({error})", "replace or remove the file") from None


def _to_rgb(picture: Picture) -> Picture:
    """8-bit RGB; what is transparent becomes white, and 16-bit grey keeps its brightness."""
    if picture.has_transparency_data:
        white = Image.new("RGBA", picture.size, "white")
        return Image.alpha_composite(white, picture.convert("RGBA")).convert("RGB")
    if picture.mode.startswith("I;16"):  # Pillow would cut everything above 255
        picture = picture.point(lambda value: value / 256, "L")
    return picture.convert("RGB")


def _scene(name: str, row: dict[str, Any]) -> str | None:
    text = row.get("scene")
    if not text:
        return None
    try:
        return Scene.from_json(text).to_json()
    except (ValueError, TypeError) as error:
        raise BlindspotError(
            f"the scene of {name} cannot be read ({error})", "mend or drop it in the metadata"
        ) from None
