"""Datasets of real photographs, saved by the tests with Hugging Face `datasets`; without access to the hub."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from blindspot.errors import BlindspotError, UnreadableImage
from blindspot.images.dataset import DatasetSource
from blindspot.records.image import SourceImage
from tests.images.photographs import FOLDER, NAMES, photograph

BYTES = [{"bytes": (FOLDER / name).read_bytes(), "path": None} for name in NAMES]


@pytest.fixture(autouse=True)
def alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Disables the hub and gives each test its own cache."""
    from datasets import config
    from huggingface_hub import constants

    monkeypatch.setattr(config, "HF_CACHE_HOME", tmp_path / "home")
    monkeypatch.setattr(config, "HF_DATASETS_CACHE", tmp_path / "home" / "datasets")
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", True)
    yield


def made(**columns: Any) -> Any:
    from datasets import Dataset, Image

    return Dataset.from_dict({"image": BYTES} | columns).cast_column("image", Image())


def read(name: Path | str, column: str = "image", split: str = "train") -> list[SourceImage]:
    return list(DatasetSource(str(name), None, split, column, None, 64).images())


def assert_photographs(images: list[SourceImage]) -> None:
    for image, name in zip(images, NAMES, strict=True):
        expected = photograph(name)
        expected.thumbnail((64, 64))
        assert image.open().tobytes() == expected.tobytes()


def save(rows: Any, kind: str, folder: Path) -> Path:
    """Saves the dataset in one of the supported formats."""
    if kind == "on disk":
        rows.save_to_disk(folder / "set")
    elif kind == "parquet":
        rows.to_parquet(folder / "set.parquet")
        return folder / "set.parquet"
    elif kind == "folder of parquet":
        (folder / "set").mkdir()
        rows.to_parquet(folder / "set" / "train.parquet")
    elif kind == "arrow":
        rows.save_to_disk(folder / "whole")
        (file,) = (folder / "whole").glob("*.arrow")
        return file
    return folder / "set"


@pytest.mark.parametrize("kind", ["on disk", "parquet", "folder of parquet", "arrow"])
def test_a_local_dataset_is_read_in_order(kind: str, tmp_path: Path) -> None:
    images = read(save(made(image_id=[*range(10, 16)]), kind, tmp_path))
    assert [image.image_id for image in images] == ["10", "11", "12", "13", "14", "15"]
    assert_photographs(images)


def test_a_folder_of_images_is_read_as_a_dataset(tmp_path: Path) -> None:
    for name in NAMES[:3]:
        (tmp_path / "set").mkdir(exist_ok=True)
        photograph(name).save(tmp_path / "set" / name)
    images = read(tmp_path / "set")
    assert [image.image_id for image in images] == ["row-0000000", "row-0000001", "row-0000002"]
    assert images[0].open().size == (64, 64)


@pytest.mark.parametrize("odd", ["a", None, "train/b", ""])
def test_row_numbers_replace_ids_that_are_not_unique_or_valid(odd: str | None, tmp_path: Path) -> None:
    images = read(save(made(image_id=["a", odd, "b", "c", "d", "e"]), "on disk", tmp_path))
    assert [image.image_id for image in images] == [f"row-{number:07d}" for number in range(6)]


def test_one_of_several_splits_is_read(tmp_path: Path) -> None:
    from datasets import DatasetDict

    rows = made()
    DatasetDict({"train": rows.select([0]), "val": rows.select([1, 2])}).save_to_disk(tmp_path / "set")
    assert len(read(tmp_path / "set", split="val")) == 2
    with pytest.raises(BlindspotError, match=r"has no split 'test' \(it has train, val\): set prepare.dataset.split"):
        read(tmp_path / "set", split="test")


def test_a_missing_split_is_named(tmp_path: Path) -> None:
    with pytest.raises(BlindspotError, match=r"cannot be read \(Unknown split \"test\""):
        read(save(made(), "folder of parquet", tmp_path), split="test")


def test_a_missing_column_or_one_without_images_is_named(tmp_path: Path) -> None:
    folder = save(made(label=["x"] * 6), "on disk", tmp_path)
    with pytest.raises(
        BlindspotError, match=r"has no column 'picture' \(it has image, label\): set prepare.dataset.col"
    ):
        read(folder, column="picture")
    with pytest.raises(BlindspotError, match=r"column 'label' of dataset .* has no images"):
        read(folder, column="label")


def test_bytes_are_images_and_missing_or_invalid_bytes_are_unreadable(tmp_path: Path) -> None:
    from datasets import Dataset

    data = [(FOLDER / "rocket.jpg").read_bytes(), None, b"rubbish"]
    Dataset.from_dict({"image": data}).to_parquet(tmp_path / "set.parquet")
    rocket, gap, rubbish = read(tmp_path / "set.parquet")
    assert rocket.open().size == (64, 43)
    for image, text in ((gap, "has no image"), (rubbish, "not an image format that Pillow reads")):
        with pytest.raises(UnreadableImage, match=text):
            image.open()


def test_a_row_with_a_path_outside_the_dataset_is_not_read(tmp_path: Path) -> None:
    from datasets import Dataset

    (tmp_path / "set").mkdir()
    secret = tmp_path / "secret.png"
    photograph("rocket.jpg").save(secret)
    Dataset.from_dict({"image": [{"bytes": None, "path": str(secret)}]}).to_parquet(tmp_path / "set" / "a.parquet")
    (image,) = read(tmp_path / "set" / "a.parquet")
    with pytest.raises(UnreadableImage, match=r"names .*secret\.png, which is outside the dataset"):
        image.open()


@pytest.mark.parametrize("name", ["example/missing", "gone/folder/here", "gone.parquet", "/gone"])
def test_a_dataset_that_is_not_found_is_one_line(name: str) -> None:
    with pytest.raises(BlindspotError, match=f"dataset {name} ") as raised:
        read(name)
    assert "\n" not in str(raised.value) and "prepare.dataset" in str(raised.value)


def test_a_dataset_without_rows_is_named(tmp_path: Path) -> None:
    with pytest.raises(BlindspotError, match=r"cannot be read .*: set prepare\.dataset"):
        read(save(made().select([]), "parquet", tmp_path))
