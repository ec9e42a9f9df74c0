"""prepare: images and their metadata, in three splits that share none."""

import re
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any, Literal

import pandas as pd
from pydantic import Field

from blindspot import store
from blindspot.checks.image import COLUMNS, IMAGE
from blindspot.checks.run import check
from blindspot.errors import BlindspotError, UnreadableImage, run
from blindspot.images.coco import CocoSource
from blindspot.images.dataset import DatasetSource
from blindspot.images.folder import FolderSource
from blindspot.images.manifest import ManifestSource
from blindspot.images.scenes import SceneSource
from blindspot.images.splitting import by_count, by_likeness
from blindspot.params import Section, load, load_seed
from blindspot.protocols import ImageSource
from blindspot.records.image import IMAGE_ID, SPLITS
from blindspot.records.source_image import SourceImage
from blindspot.tracking import stage_run

SAMPLES = 8  # images of each split shown in MLflow
SHOWN = 3  # unreadable images that are named
#: Gives each image file in turn its split, and the id of the image that it is a near-duplicate of.
Splitter = Callable[[Sequence[Path]], list[tuple[str, str | None]]]


class Splits(Section):
    """How many images in each split."""

    train: int = Field(2000, ge=1, description="images the questioner is trained on; unless drawn: their share")
    validation: int = Field(256, ge=1, description="images checkpoints are evaluated on; unless drawn: their share")
    test: int = Field(600, ge=1, description="images of the harvest; unless drawn: their share")


class Dataset(Section):
    """What Hugging Face `datasets` loads."""

    name: str | None = Field(None, description="hub id, or a folder, or a Parquet or Arrow file")
    config: str | None = Field(None, description="where the hub has several")
    split: str = Field("train", description="the dataset's own; all of it is taken")
    column: str = Field("image", description="that holds the images")
    revision: str | None = Field(None, description="commit or tag on the hub; null: the newest")


class Params(Section):
    """Where images come from."""

    source: Literal["scenes", "folder", "manifest", "coco", "dataset"] = Field(
        "scenes", description="scenes: random ones, drawn; else images of yours, in that form"
    )
    folder: str | None = Field(None, description="of images: of a folder, of coco, of a manifest that lies elsewhere")
    file: str | None = Field(None, description="of a manifest: CSV or Parquet; of coco: instances or captions JSON")
    dataset: Dataset = Field(Dataset.model_validate({}), description="of a dataset: which, and what of it")
    image_size: int = Field(48, ge=16, le=2048, description="px, of scenes")
    max_side: int = Field(1024, ge=16, description="px, of other images; larger ones are shrunk to it")
    max_skipped: float = Field(0.02, ge=0, le=1, description="of the images, unreadable ones; more fails the stage")
    splits: Splits = Field(Splits.model_validate({}), description="images each; unless drawn: their shares")


def main() -> None:
    """Writes data/images and logs samples."""
    params, work = load("prepare", Params), store.work_folder()
    docs = work / "docs" / Path.cwd().name / "prepare"
    source, split = choose_source(params, load_seed())
    with stage_run("prepare", work, params.model_dump()) as mlflow, store.replacing(store.IMAGES) as beside:
        rows, skipped = prepare(source, split, beside, params.max_skipped)
        check(rows, IMAGE, docs)
        log(mlflow, rows, skipped, beside, docs)
    print(summary(rows, skipped))


def choose_source(params: Params, seed: int) -> tuple[ImageSource, Splitter]:
    """The images, and what says which split each is in. Raises BlindspotError where a parameter is not set."""
    shares = dict(params.splits)
    if params.source == "scenes":
        return SceneSource(sum(shares.values()), seed, params.image_size), partial(by_count, shares=shares)
    return open_source(params), partial(by_likeness, shares=shares)


def open_source(params: Params) -> ImageSource:
    """The images, unless drawn. Raises BlindspotError where a parameter is not set."""

    def given(key: str, value: str | None) -> str:
        if value:
            return value
        raise BlindspotError(f"prepare.{key} is not set", f"set it, as prepare.source is {params.source}")

    if params.source == "folder":
        return FolderSource(Path(given("folder", params.folder)), params.max_side)
    if params.source == "dataset":
        chosen = params.dataset
        name = given("dataset.name", chosen.name)
        return DatasetSource(name, chosen.config, chosen.split, chosen.column, chosen.revision, params.max_side)
    file = Path(given("file", params.file))
    if params.source == "manifest":
        return ManifestSource(file, Path(params.folder or file.parent), params.max_side)
    return CocoSource(file, Path(given("folder", params.folder)), params.max_side)


def count_images(params: Params) -> tuple[int, int]:
    """How many images there will be, and how many of them for validation (unless drawn: about); none is read."""
    shares = dict(params.splits)
    if params.source == "scenes":
        return sum(shares.values()), shares["validation"]
    total = sum(1 for _ in open_source(params).images())
    return total, round(total * shares["validation"] / sum(shares.values()))


def prepare(
    source: ImageSource, split: Splitter, into: Path, max_skipped: float = 0
) -> tuple[pd.DataFrame, dict[str, str]]:
    """Writes <split>/<image id>.png and metadata.jsonl under `into`; returns a row an image, and what was skipped.

    That is the names of unreadable images, with what is wrong with them. Raises BlindspotError where they are more
    than a share of `max_skipped`, for an id that is no file name or not unique, and for a split without images.
    """
    images = listed(source)
    written, skipped = write_pictures(images, into, max_skipped)
    files = [into / f"{image.image_id}.png" for image in written]
    rows = [
        (file.name, image.image_id, image.scene, image.boxes, duplicate_of, where)
        for image, file, (where, duplicate_of) in zip(written, files, split(files), strict=True)
    ]
    frame = pd.DataFrame(rows, columns=list(COLUMNS))
    write_splits(frame, into)
    return frame, skipped


def listed(source: ImageSource) -> list[SourceImage]:
    """Every image, before any is read. Raises BlindspotError for an id that is no file name or not unique."""
    found: dict[str, SourceImage] = {}
    for image in source.images():
        if not re.match(IMAGE_ID, image.image_id):
            raise BlindspotError(
                f"image id {image.image_id!r} can't be a file name",
                "use letters, digits, '.', '-' and '_', 100 at most",
            )
        if (other := found.setdefault(image.image_id, image)) is not image:
            raise BlindspotError(
                f"image id {image.image_id} is given twice ({other.name} and {image.name})", "give each one of its own"
            )
    return [*found.values()]


def write_pictures(
    images: Sequence[SourceImage], into: Path, max_skipped: float
) -> tuple[list[SourceImage], dict[str, str]]:
    """Writes <image id>.png; returns the images written, and by name what is wrong with the others.

    Raises BlindspotError as soon as they are more than a share of `max_skipped`.
    """
    from tqdm import tqdm

    into.mkdir(parents=True, exist_ok=True)
    written, skipped = [], dict[str, str]()
    for image in tqdm(images, desc="images", unit="image", disable=None):
        try:
            image.open().save(into / f"{image.image_id}.png")
            written.append(image)
        except UnreadableImage as error:
            skipped[image.name] = str(error)
        if len(skipped) > max_skipped * len(images):
            named = "; ".join(f"image {name} {why}" for name, why in [*skipped.items()][:SHOWN])
            raise BlindspotError(
                f"{named} (more than a share of {max_skipped:g} of the {len(images):,} images)",
                "replace or remove the file, or raise prepare.max_skipped",
            )
    return written, skipped


def write_splits(frame: pd.DataFrame, into: Path) -> None:
    """Moves the pictures into the folders of their splits, with their metadata; columns that say nothing are left out.

    Raises BlindspotError for a split without images.
    """
    told = ["file_name", "image_id", "scene"] + [
        name for name in ("boxes", "duplicate_of") if frame[name].notna().any()
    ]
    for split in SPLITS:
        found = frame[frame["split"] == split]
        if found.empty:
            alike = f" (of {len(frame):,} images {frame['duplicate_of'].notna().sum():,} are near-duplicates)"
            raise BlindspotError(
                f"the {split} split is empty{alike}", f"raise prepare.splits.{split} or give more images"
            )
        (into / split).mkdir()
        for name in found["file_name"]:
            (into / name).rename(into / split / name)
        found[told].to_json(into / split / store.METADATA, orient="records", lines=True, force_ascii=False)


def summary(rows: pd.DataFrame, skipped: Mapping[str, str]) -> str:
    """One line: the images of each split, near-duplicates, and the first of those that were skipped."""
    counts = ", ".join(f"{(rows['split'] == split).sum():,} {split}" for split in SPLITS)
    said = f"images: {counts}; {rows['duplicate_of'].notna().sum():,} near-duplicates; {len(skipped):,} skipped"
    named = ", ".join(f"{name} {why}" for name, why in [*skipped.items()][:SHOWN])
    return f"{said} (all in MLflow, skipped.json): {named}" if skipped else said


def log(mlflow: Any, rows: pd.DataFrame, skipped: Mapping[str, str], folder: Path, docs: Path) -> None:
    """Counts, sample images, what is a near-duplicate, what was skipped, and Data Docs."""
    copies = rows[rows["duplicate_of"].notna()]
    counts = {split: int((rows["split"] == split).sum()) for split in SPLITS}
    counts |= {"near_duplicates": len(copies), "skipped": len(skipped)}
    mlflow.log_metrics({f"images.{name}": count for name, count in counts.items()})
    if len(copies):
        mlflow.log_table(copies[["image_id", "duplicate_of", "split"]], "near_duplicates.json")
    if skipped:
        mlflow.log_table({"image": [*skipped], "why": [*skipped.values()]}, "skipped.json")
    for split in SPLITS:
        for name in rows[rows["split"] == split]["file_name"].head(SAMPLES):
            mlflow.log_artifact(str(folder / split / name), f"samples/{split}")
    mlflow.log_artifacts(str(docs), "data_docs")


if __name__ == "__main__":
    run(main, restore="dvc checkout data/images")
