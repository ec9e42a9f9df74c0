"""prepare: images and their metadata, in three splits that share none."""

import hashlib
import re
from collections.abc import Callable, Iterator
from itertools import chain, repeat
from pathlib import Path
from typing import Any, Literal

import pandas as pd
from pydantic import Field

from blindspot import store
from blindspot.checks.image import COLUMNS, IMAGE
from blindspot.checks.run import check
from blindspot.errors import BlindspotError, run
from blindspot.images.folder import FolderSource
from blindspot.images.scenes import SceneSource
from blindspot.params import Section, load, load_seed
from blindspot.protocols import ImageSource
from blindspot.records.image import SPLITS
from blindspot.tracking import stage_run

SAMPLES = 8  # images of each split shown in MLflow


class Splits(Section):
    """How many images in each split."""

    train: int = Field(2000, ge=1, description="images the questioner is trained on; of a folder: their share")
    validation: int = Field(256, ge=1, description="images checkpoints are evaluated on; of a folder: their share")
    test: int = Field(600, ge=1, description="images of the harvest; of a folder: their share")


class Params(Section):
    """Where images come from."""

    source: Literal["scenes", "folder"] = Field("scenes", description="scenes: random ones; folder: your images")
    folder: str | None = Field(None, description="of images, with or without metadata, where source is folder")
    image_size: int = Field(48, ge=16, le=2048, description="px, of scenes")
    splits: Splits = Field(Splits.model_validate({}), description="images each; of a folder: their shares")


def main() -> None:
    """Writes data/images and logs samples."""
    params, work = load("prepare", Params), store.work_folder()
    docs = work / "docs" / Path.cwd().name / "prepare"
    source, split_of = choose_source(params, load_seed())
    with stage_run("prepare", work, params.model_dump()) as mlflow, store.replacing(store.IMAGES) as beside:
        rows = prepare(source, split_of, beside)
        check(rows, IMAGE, docs)
        log(mlflow, rows, beside, docs)


def choose_source(params: Params, seed: int) -> tuple[ImageSource, Callable[[str], str]]:
    """The images, and what says of each in turn which split it is in. Raises BlindspotError without a folder."""
    if params.source == "scenes":
        order = by_count(params.splits)
        return SceneSource(sum(dict(params.splits).values()), seed, params.image_size), lambda _: next(order)
    if not params.folder:
        raise BlindspotError("prepare.folder is not set", "name a folder of images, or set prepare.source: scenes")
    return FolderSource(Path(params.folder)), lambda image_id: by_hash(image_id, params.splits)


def count_images(params: Params) -> tuple[int, int]:
    """How many images there will be, and how many of them for validation (of a folder: about), without reading one."""
    shares = dict(params.splits)
    if params.source == "scenes":
        return sum(shares.values()), shares["validation"]
    source, _ = choose_source(params, 0)
    total = len(source.files()) if isinstance(source, FolderSource) else 0
    return total, round(total * shares["validation"] / sum(shares.values()))


def by_count(splits: Splits) -> Iterator[str]:
    """A split for each image in turn; test comes first, so more training images leave it as it is."""
    return chain.from_iterable(repeat(split, getattr(splits, split)) for split in reversed(SPLITS))


def by_hash(image_id: str, splits: Splits) -> str:
    """The split of an image by its id alone, so it stays where it is when others are added."""
    shares = dict(splits)
    place = int.from_bytes(hashlib.sha256(image_id.encode()).digest()[:8]) / 2**64 * sum(shares.values())
    if place < shares["test"]:
        return "test"
    return "validation" if place < shares["test"] + shares["validation"] else "train"


def prepare(source: ImageSource, split_of: Callable[[str], str], into: Path) -> pd.DataFrame:
    """Writes <split>/<image id>.png and metadata.jsonl under `into`; returns a row an image.

    Raises BlindspotError for an id that is no file name and for a split without images.
    """
    from tqdm import tqdm

    rows = []
    for image_id, picture, scene in tqdm(source.images(), desc="images", unit="image", disable=None):
        if not re.fullmatch(r"\w[\w.-]*", image_id):
            raise BlindspotError(f"image id {image_id!r} can't be a file name", "use letters, digits, '.', '-', '_'")
        split = split_of(image_id)
        (into / split).mkdir(parents=True, exist_ok=True)
        picture.save(into / split / f"{image_id}.png")
        rows.append((f"{image_id}.png", image_id, scene, split))
    frame = pd.DataFrame(rows, columns=list(COLUMNS))
    for split in SPLITS:
        found = frame[frame["split"] == split].drop(columns="split")
        if found.empty:
            raise BlindspotError(f"the {split} split is empty", f"raise prepare.splits.{split} or give more images")
        found.to_json(into / split / store.METADATA, orient="records", lines=True, force_ascii=False)
    return frame


def log(mlflow: Any, rows: pd.DataFrame, folder: Path, docs: Path) -> None:
    """Counts, sample images and Data Docs."""
    mlflow.log_metrics({f"images.{split}": int((rows["split"] == split).sum()) for split in SPLITS})
    for split in SPLITS:
        for name in rows[rows["split"] == split]["file_name"].head(SAMPLES):
            mlflow.log_artifact(str(folder / split / name), f"samples/{split}")
    mlflow.log_artifacts(str(docs), "data_docs")


if __name__ == "__main__":
    run(main, restore="dvc checkout data/images")
