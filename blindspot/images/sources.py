"""The parameters that choose where images come from, and the source and the split that they stand for."""

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field

from blindspot.errors import BlindspotError, naming
from blindspot.extensions import make
from blindspot.images.coco import CocoSource
from blindspot.images.dataset import DatasetSource
from blindspot.images.folder import FolderSource
from blindspot.images.manifest import ManifestSource
from blindspot.images.marks import MarksSource
from blindspot.images.pool_source import PoolSource
from blindspot.images.scenes import SceneSource
from blindspot.images.splitting import MAX_DIFFERENCE, split_by_count, split_by_likeness
from blindspot.kinds import schema, validators
from blindspot.params import Section
from blindspot.protocols import ImageSource

SEAM = "image_sources"
SOURCES = ("scenes", "folder", "manifest", "coco", "dataset", "marks", "pool")
SourceKind = Annotated[str, *validators(schema(SEAM, *SOURCES))]
#: Returns the split of each image file, and the id of the image that it is a near-duplicate of.
Splitter = Callable[[Sequence[Path]], list[tuple[str, str | None]]]


class Splits(Section):
    """Images per split for scenes; for other sources, the proportions of the splits."""

    train: int = Field(700, ge=1, description="The questioner is trained on these")
    validation: int = Field(100, ge=1, description="Checkpoints are evaluated on these")
    test: int = Field(200, ge=1, description="harvest asks about these")


class Dataset(Section):
    """Hugging Face dataset, for source dataset."""

    name: str | None = Field(None, description="Hub id, folder, or Parquet or Arrow file")
    config: str | None = Field(None, description="Configuration name, if the dataset has several")
    split: str = Field("train", description="Split of the dataset to read; all of it is read")
    column: str = Field("image", description="Column with the images")
    revision: str | None = Field(None, description="Commit or tag on the hub; null: the latest")


class Marks(Section):
    """Figures and labels drawn over photographs, for source marks (docs/marks.md)."""

    photographs: Literal["folder", "manifest", "coco", "dataset"] = Field(
        "folder", description="Source of the photographs; it reads prepare.folder, file or dataset"
    )
    per_photograph: int = Field(1, ge=1, description="Pictures of each photograph, with different marks")
    size: float = Field(
        0.035,
        ge=0.01,
        le=0.05,
        description="Radius of a small figure, as a share of the shorter side of the photograph; a large one has "
        "twice the radius",
    )


class SourceParams(Section):
    """Where images come from and how they are split."""

    source: SourceKind = Field(
        description="scenes: drawn at random. folder, manifest (a table), coco or dataset: your own images "
        "(docs/images.md). marks: figures and labels drawn over your own images (docs/marks.md). pool: questions with "
        "true answers, and their images (docs/pools.md). Or a class of your own, such as extensions.mine.Mine "
        "(CONTRIBUTING.md)",
    )
    folder: str | None = Field(
        None,
        description="Image folder, for source folder or coco, or for a manifest or pool stored in another folder",
    )
    file: str | None = Field(
        None,
        description="For source manifest: CSV, TSV, Parquet or JSON lines file. For source coco: instances or "
        "captions JSON file. For source pool: file with the questions",
    )
    references: str | None = Field(
        None, description="For source pool: JSON file with the true answers, if the file has none, as of VQA v2"
    )
    dataset: Dataset = Field(Dataset.model_validate({}))
    marks: Marks = Field(Marks.model_validate({}))
    image_size: int = Field(448, ge=16, le=2048, description="Side of a scene, in px")
    max_side: int = Field(
        1024, ge=16, description="Longest side of an image that is not a scene, in px; larger images are scaled down"
    )
    duplicate_difference: float = Field(
        MAX_DIFFERENCE,
        ge=0,
        le=1,
        description="Largest difference between near-duplicates, of the contrast in the part that differs most; "
        "0: only images with the same pixels (docs/images.md)",
    )
    splits: Splits = Field(Splits.model_validate({}))


def choose_source(params: SourceParams, seed: int) -> tuple[ImageSource, Splitter]:
    """Returns the image source and the function that splits its images.

    Raises BlindspotError if a parameter that the source needs is not set.
    """
    shares = dict(params.splits)
    if params.source == "scenes":
        return SceneSource(sum(shares.values()), seed, params.image_size), partial(split_by_count, shares=shares)
    if params.source == "marks":
        marks = MarksSource(open_source(params), params.marks.per_photograph, params.marks.size, seed)
        return marks, partial(marks.split, shares=shares, max_difference=params.duplicate_difference)
    return open_source(params, seed), partial(
        split_by_likeness, shares=shares, max_difference=params.duplicate_difference
    )


def open_source(params: SourceParams, seed: int = 0) -> ImageSource:
    """Returns a source other than scenes, for marks that of the photographs. `seed`: of an extension.

    Raises BlindspotError if a parameter that it needs is not set, or if an extension cannot be used.
    """
    if params.source not in SOURCES:
        with naming("prepare.source"):
            own: ImageSource = make(params.source, SEAM, (ImageSource,), params, seed)
            return own
    marked = params.source == "marks"
    source, key = (params.marks.photographs, "marks.photographs") if marked else (params.source, "source")

    def given(name: str, value: str | None) -> str:
        if value:
            return value
        raise BlindspotError(f"prepare.{name} is not set", f"set it, because prepare.{key} is {source}")

    if source == "folder":
        return FolderSource(Path(given("folder", params.folder)), params.max_side)
    if source == "dataset":
        chosen = params.dataset
        name = given("dataset.name", chosen.name)
        return DatasetSource(name, chosen.config, chosen.split, chosen.column, chosen.revision, params.max_side)
    file = Path(given("file", params.file))
    if source == "pool":
        references = Path(params.references) if params.references else None
        return PoolSource(file, references, Path(params.folder or file.parent), params.max_side)
    if source == "manifest":
        return ManifestSource(file, Path(params.folder or file.parent), params.max_side)
    return CocoSource(file, Path(given("folder", params.folder)), params.max_side)


def count_images(params: SourceParams) -> tuple[int, int]:
    """Returns the number of images and, of these, of validation images, without reading any image.

    The second number is exact for scenes and approximate for other sources.
    """
    shares = dict(params.splits)
    if params.source == "scenes":
        return sum(shares.values()), shares["validation"]
    total = sum(1 for _ in open_source(params).images())
    if params.source == "marks":
        total *= params.marks.per_photograph
    return total, round(total * shares["validation"] / sum(shares.values()))
