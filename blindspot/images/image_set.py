"""Writes the images of a source, split and with their metadata, as a folder that Hugging Face `datasets` loads."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import pandas as pd

from blindspot import store
from blindspot.checks.images import IMAGE
from blindspot.errors import BlindspotError, UnreadableImage
from blindspot.images.sources import Splitter
from blindspot.protocols import ImageSource
from blindspot.records.image import IMAGE_ID, SPLITS, SourceImage

NAMED = 3  # skipped images that a message names
LARGE = 0.05  # share of the images from which near-duplicates of one image are named


def write_image_set(
    source: ImageSource, split: Splitter, folder: Path, max_skipped: float = 0
) -> tuple[pd.DataFrame, dict[str, str]]:
    """Writes <split>/<image id>.png and <split>/metadata.jsonl in `folder`.

    Returns a frame with a row per image, and the skipped images: the name of each and why it is unreadable. Raises
    BlindspotError if more than a share of `max_skipped` is unreadable (a single image is too many only if it is 0), if
    an id is not unique or not a valid file name, and if a split has no image.
    """
    images = list_images(source)
    written, skipped = _write_pictures(images, folder, max_skipped)
    files = [folder / f"{image.image_id}.png" for image in written]
    rows = [
        (file.name, image.image_id, image.scene, image.boxes, duplicate_of, name)
        for image, file, (name, duplicate_of) in zip(written, files, split(files), strict=True)
    ]
    frame = pd.DataFrame(rows, columns=list(IMAGE.columns))
    _move_to_splits(frame, folder)
    return frame, skipped


def list_images(source: ImageSource) -> list[SourceImage]:
    """Returns all images of a source without reading them.

    Raises BlindspotError if an id is not unique or not a valid file name.
    """
    found: dict[str, SourceImage] = {}
    for image in source.images():
        if not re.match(IMAGE_ID, image.image_id):
            raise BlindspotError(
                f"image id {image.image_id!r} is not a valid file name",
                "use letters, digits, '.', '-' and '_', 100 at most",
            )
        if (other := found.setdefault(image.image_id, image)) is not image:
            raise BlindspotError(
                f"image id {image.image_id} occurs twice ({other.name} and {image.name})", "make each id unique"
            )
    return [*found.values()]


def describe_image_set(rows: pd.DataFrame, skipped: Mapping[str, str]) -> str:
    """Returns one line: images per split, near-duplicates, and skipped images, the first of them by name.

    A line follows for each image whose near-duplicates, with itself, are more than a share of LARGE of the images.
    """
    counts = ", ".join(f"{(rows['split'] == split).sum():,} {split}" for split in SPLITS)
    text = f"images: {counts}; {rows['duplicate_of'].notna().sum():,} near-duplicates; {len(skipped):,} skipped"
    if skipped:
        text = f"{text} (all in MLflow, skipped.json): {_first(skipped, ', ')}"
    return "\n".join([text, *_large_groups(rows)])


def _large_groups(rows: pd.DataFrame) -> list[str]:
    """Returns a sentence for each large group of near-duplicates, which share a split."""
    originals = rows["duplicate_of"].fillna(rows["image_id"])
    sizes = originals.value_counts()
    return [
        f"{size:,} of {len(rows):,} images ({size / len(rows):.0%}) are near-duplicates of {original} and go to one "
        f"split, {rows['split'][originals == original].iloc[0]}: lower prepare.duplicate_difference if they differ"
        for original, size in sizes[(sizes > 1) & (sizes > LARGE * len(rows))].items()
    ]


def _first(skipped: Mapping[str, str], separator: str, prefix: str = "") -> str:
    return separator.join(f"{prefix}{name} {why}" for name, why in [*skipped.items()][:NAMED])


def _write_pictures(
    images: Sequence[SourceImage], folder: Path, max_skipped: float
) -> tuple[list[SourceImage], dict[str, str]]:
    """Writes <image id>.png for each image; returns the images written, and the skipped ones.

    Raises BlindspotError as soon as more than a share of `max_skipped` is unreadable, and more than one image.
    """
    from tqdm import tqdm

    folder.mkdir(parents=True, exist_ok=True)
    written, skipped = [], dict[str, str]()
    for image in tqdm(images, desc="images", unit="image", disable=None):
        try:
            picture, scene = image.open(), image.scene
            if image.mark:
                picture, scene = image.mark(picture)
            picture.save(folder / f"{image.image_id}.png")
            written.append(replace(image, scene=scene))
        except UnreadableImage as error:
            skipped[image.name] = str(error)
        if len(skipped) > max(max_skipped * len(images), 1 if max_skipped else 0):
            limit = f"more than a share of {max_skipped:g} of the {len(images):,} images"
            raise BlindspotError(
                f"{_first(skipped, '; ', 'image ')} ({limit})",
                "replace or remove the file, or raise prepare.max_skipped",
            )
    return written, skipped


def _move_to_splits(frame: pd.DataFrame, folder: Path) -> None:
    """Moves each picture to the folder of its split, and writes the metadata there without optional empty columns."""
    optional = [name for name in ("boxes", "duplicate_of") if frame[name].notna().any()]
    for split in SPLITS:
        found = frame[frame["split"] == split]
        if found.empty:
            copies = frame["duplicate_of"].notna().sum()
            fix = f"raise prepare.splits.{split} or add more images"
            if copies:
                fix = f"{fix}, or lower prepare.duplicate_difference if these images differ"
            raise BlindspotError(
                f"the {split} split is empty (of {len(frame):,} images {copies:,} are near-duplicates)", fix
            )
        (folder / split).mkdir()
        for name in found["file_name"]:
            (folder / name).rename(folder / split / name)
        metadata = found[["file_name", "image_id", "scene", *optional]]
        metadata.to_json(folder / split / store.METADATA, orient="records", lines=True, force_ascii=False)
