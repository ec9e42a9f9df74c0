"""Image sets are split, complete, and can be loaded by Hugging Face `datasets`."""

import json
import os
import re
import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from blindspot import store
from blindspot.checks.images import IMAGE
from blindspot.checks.run import check
from blindspot.errors import BlindspotError
from blindspot.images.folder import FolderSource
from blindspot.images.image_set import describe_image_set, write_image_set
from blindspot.images.scenes import SceneSource
from blindspot.images.sources import SourceParams, Splits, choose_source, count_images
from blindspot.records.image import IMAGE_ID, SPLITS, SourceImage
from tests.images.photographs import save_unlike, unlike

SMALL = SourceParams(source="scenes", image_size=48, splits=Splits(train=9, validation=4, test=6))


def tree(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def by_turns(files: Sequence[Path]) -> list[tuple[str, str | None]]:
    return [(SPLITS[number % 3], None) for number, _ in enumerate(files)]


def test_scenes_are_split_by_count_and_no_scene_is_in_two(tmp_path: Path) -> None:
    rows, _ = write_image_set(*choose_source(SMALL, seed=0), tmp_path)
    check(rows, IMAGE, tmp_path / "docs")
    scenes = {split: {image.scene for image in store.read_images(split, tmp_path)} for split in SPLITS}
    assert {split: len(found) for split, found in scenes.items()} == {"train": 9, "validation": 4, "test": 6}
    assert len(set().union(*scenes.values())) == 19


def test_the_same_seed_writes_the_same_bytes(tmp_path: Path) -> None:
    for name, seed in (("one", 1), ("two", 1), ("three", 2)):
        write_image_set(*choose_source(SMALL, seed), tmp_path / name)
    assert tree(tmp_path / "one") == tree(tmp_path / "two") != tree(tmp_path / "three")


def test_more_training_images_do_not_change_the_other_splits(tmp_path: Path) -> None:
    larger = SourceParams(source="scenes", image_size=48, splits=Splits(train=20, validation=4, test=6))
    for name, params in (("small", SMALL), ("large", larger)):
        write_image_set(*choose_source(params, 0), tmp_path / name)
    for split in ("validation", "test"):
        assert tree(tmp_path / "small" / split) == tree(tmp_path / "large" / split)


def test_added_images_do_not_move_others(tmp_path: Path) -> None:
    seen = []
    for count in (40, 60):
        params = folder_params(save_unlike(tmp_path / "photos", count))
        rows, _ = write_image_set(*choose_source(params, 0), tmp_path / f"out-{count}")
        seen.append(dict(zip(rows["image_id"], rows["split"], strict=True)))
    assert seen[0].items() <= seen[1].items() and len(seen[1]) == 60
    assert set(seen[0].values()) == set(SPLITS)


def folder_params(folder: Path) -> SourceParams:
    return SourceParams(source="folder", folder=str(folder), splits=Splits(train=2, validation=1, test=1))


def test_near_duplicates_share_a_split_and_are_listed(tmp_path: Path) -> None:
    folder = save_unlike(tmp_path / "photos", 30)
    for number in range(30):
        unlike(number, (40, 28)).save(folder / f"again {number}.jpg")
    rows, skipped = write_image_set(*choose_source(folder_params(folder), 0), tmp_path / "out")
    check(rows, IMAGE, tmp_path / "docs")
    split_of = dict(zip(rows["image_id"], rows["split"], strict=True))
    copies = rows[rows["duplicate_of"].notna()]
    assert len(copies) == 30
    assert all(split_of[row.duplicate_of] == row.split for row in copies.itertuples())
    listed = [row for split in SPLITS for row in metadata(tmp_path / "out" / split)]
    assert {row["image_id"]: row["duplicate_of"] for row in listed if row["duplicate_of"]} == dict(
        zip(copies["image_id"], copies["duplicate_of"], strict=True)
    )
    assert "; 30 near-duplicates; 0 skipped" in describe_image_set(rows, skipped)


def metadata(folder: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (folder / store.METADATA).read_text("utf-8").splitlines()]


def test_boxes_of_a_coco_file_are_in_the_metadata(tmp_path: Path) -> None:
    images = [{"id": n, "file_name": f"photo {n}.png", "width": 24, "height": 16} for n in range(12)]
    boxes = [{"id": n, "image_id": n, "category_id": 3, "bbox": [0, 0, n, 8]} for n in range(1, 12)]
    coco = {"images": images, "annotations": boxes, "categories": [{"id": 3, "name": "thing"}]}
    (tmp_path / "coco.json").write_text(json.dumps(coco))
    folder = str(save_unlike(tmp_path / "photos", 12))
    params = SourceParams(source="coco", file=str(tmp_path / "coco.json"), folder=folder, max_side=16)
    source, _ = choose_source(params, 0)
    rows, _ = write_image_set(source, by_turns, tmp_path / "out")
    check(rows, IMAGE, tmp_path / "docs")
    assert json.loads(rows["boxes"][6]) == [{"category": "thing", "area": 0.125}] and rows["boxes"][0] == "[]"
    listed = [row for split in SPLITS for row in metadata(tmp_path / "out" / split)]
    assert {row["image_id"]: row["boxes"] for row in listed} == dict(zip(rows["image_id"], rows["boxes"], strict=True))
    assert Image.open(tmp_path / "out" / "train" / "0.png").size == (16, 11)


def test_a_few_unreadable_images_are_skipped_and_named(tmp_path: Path) -> None:
    folder = save_unlike(tmp_path / "photos", 18)
    (folder / "empty.png").write_bytes(b"")
    (folder / "text.jpg").write_text("hello")
    source = FolderSource(folder, 64)
    rows, skipped = write_image_set(source, by_turns, tmp_path / "out", max_skipped=0.1)
    assert skipped == {
        f"{folder}/empty.png": "is empty (0 bytes)",
        f"{folder}/text.jpg": "cannot be read (not an image format that Pillow reads)",
    }
    assert len(rows) == 18 == len([*(tmp_path / "out").rglob("*.png")])
    assert f"2 skipped (all in MLflow, skipped.json): {folder}/empty.png is empty" in describe_image_set(rows, skipped)
    with pytest.raises(
        BlindspotError, match=r"image .*empty\.png is empty .*; image .*text\.jpg .*raise prepare\.max"
    ):
        write_image_set(source, by_turns, tmp_path / "out-2", max_skipped=0.09)


def test_too_few_images_for_three_splits_are_refused(tmp_path: Path) -> None:
    source = FolderSource(save_unlike(tmp_path / "photos", 5), 64)
    with pytest.raises(BlindspotError, match=r"the test split is empty .*: raise prepare\.splits\.test"):
        write_image_set(source, lambda files: [("train", None), *[("validation", None)] * 4], tmp_path / "out")


def test_copies_of_one_picture_fill_one_split(tmp_path: Path) -> None:
    folder = save_unlike(tmp_path / "photos", 1)
    for number in range(1, 9):
        shutil.copy(folder / "photo 0.png", folder / f"photo {number}.png")
    with pytest.raises(BlindspotError, match=r"split is empty \(of 9 images 8 are near-duplicates\)"):
        write_image_set(*choose_source(folder_params(folder), 0), tmp_path / "out")


@pytest.mark.parametrize("image_id", ["../../escaped", "a b", "-x", "x" * 101, "é", "val/7", "a\0b", "\ud800"])
def test_an_id_that_is_not_a_file_name_is_never_written(image_id: str, tmp_path: Path) -> None:
    folder = save_unlike(tmp_path / "photos", 3)
    row = {"file_name": "photo 0.png", "image_id": image_id}
    (folder / "metadata.jsonl").write_text(json.dumps(row))
    rows, _ = write_image_set(FolderSource(folder, 64), by_turns, tmp_path / "a" / "b" / "out")
    assert all(re.match(IMAGE_ID, written) for written in rows["image_id"])
    assert len([*(tmp_path / "a" / "b" / "out").rglob("*.png")]) == 3
    assert not list(tmp_path.glob("escaped*"))


def test_an_image_with_the_id_of_another_is_skipped_and_named(tmp_path: Path) -> None:
    folder = save_unlike(tmp_path / "photos", 5)
    (folder / "metadata.csv").write_text("file_name,image_id\nphoto 1.png,7\nphoto 3.png,7\n")
    rows, skipped = write_image_set(FolderSource(folder, 64), by_turns, tmp_path / "out", 0.02)
    assert skipped == {f"{folder}/photo 3.png": f"has the image id 7, as {folder}/photo 1.png has"}
    assert len(rows) == 4 and "7" in set(rows["image_id"])


def test_two_images_of_a_source_with_one_id_are_refused(tmp_path: Path) -> None:
    class Twice:
        notes: list[str] = []  # noqa: RUF012 - the protocol's

        def images(self) -> Iterator[SourceImage]:
            yield SourceImage("a", "one", lambda: unlike(1))
            yield SourceImage("a", "two", lambda: unlike(2))

    with pytest.raises(BlindspotError, match=r"image id a occurs twice \(one and two\)"):
        write_image_set(Twice(), by_turns, tmp_path / "out")


def test_a_single_unreadable_image_never_ends_the_stage_unless_none_may_be(tmp_path: Path) -> None:
    folder = save_unlike(tmp_path / "photos", 9)
    Image.new("RGB", (30, 20_000)).save(folder / "thin.png")
    source = FolderSource(folder, 1024)
    rows, skipped = write_image_set(source, by_turns, tmp_path / "out", max_skipped=0.02)
    assert len(rows) == 9 and "is too thin (30 × 20,000 pixels" in skipped[f"{folder}/thin.png"]
    with pytest.raises(BlindspotError, match=r"thin\.png is too thin .*more than a share of 0 of the 10 images"):
        write_image_set(source, by_turns, tmp_path / "out-2")


def test_odd_files_are_skipped_by_name_and_the_others_are_prepared(tmp_path: Path) -> None:
    folder = save_unlike(tmp_path / "photos", 12)
    for name, size in (("dot", (1, 1)), ("line", (1, 305)), ("ribbon", (2, 500)), ("tape", (90, 19_000))):
        Image.new("RGB", size).save(folder / f"{name}.png")
    os.mkfifo(folder / "pipe.jpg")
    (folder / "camera.nef").write_bytes(b"raw")
    (folder / "film.mpg").write_bytes(b"film")
    rows, skipped = write_image_set(FolderSource(folder, 1024), by_turns, tmp_path / "out", max_skipped=0.5)
    odd = {"dot.png", "line.png", "ribbon.png", "tape.png", "pipe.jpg", "camera.nef"}
    assert {Path(name).name for name in skipped} == odd
    assert len(rows) == 12


def test_a_large_group_of_near_duplicates_is_named(tmp_path: Path) -> None:
    folder = save_unlike(tmp_path / "photos", 30)
    for number in range(3):
        unlike(7, (40 + number, 28)).save(folder / f"x {number}.png")
    rows, skipped = write_image_set(*choose_source(folder_params(folder), 0), tmp_path / "out")
    original = rows["duplicate_of"].dropna().iloc[0]
    split = rows["split"][rows["image_id"] == original].iloc[0]
    assert describe_image_set(rows, skipped).splitlines()[1:] == [
        f"4 of 33 images (12%) are near-duplicates of {original} and go to one split, {split}: "
        "lower prepare.duplicate_difference if they differ"
    ]


def test_the_difference_of_near_duplicates_is_a_parameter(tmp_path: Path) -> None:
    folder = save_unlike(tmp_path / "photos", 12)
    unlike(7, (40, 28)).save(folder / "x.png")
    for limit, found in ((0.0, 0), (0.6, 1)):
        params = folder_params(folder).model_copy(update={"duplicate_difference": limit})
        rows, _ = write_image_set(*choose_source(params, 0), tmp_path / f"out {limit}")
        assert rows["duplicate_of"].notna().sum() == found


@pytest.mark.parametrize(
    ("given", "missing"),
    [
        ({"source": "folder"}, "folder"),
        ({"source": "manifest", "folder": "x"}, "file"),
        ({"source": "coco", "folder": "x"}, "file"),
        ({"source": "coco", "file": "x"}, "folder"),
        ({"source": "dataset"}, "dataset.name"),
    ],
)
def test_a_missing_parameter_of_a_source_is_named(given: dict[str, Any], missing: str) -> None:
    text = rf"prepare\.{missing} is not set: set it, because prepare\.source is {given['source']}"
    with pytest.raises(BlindspotError, match=text):
        choose_source(SourceParams(**given), 0)


def test_without_a_folder_a_manifest_is_relative_to_its_own_folder(tmp_path: Path) -> None:
    save_unlike(tmp_path, 3)
    (tmp_path / "list.csv").write_text("path\nphoto 1.png\nphoto 2.png\n")
    assert count_images(SourceParams(source="manifest", file=str(tmp_path / "list.csv"))) == (2, 0)


def test_images_are_counted_without_reading_any(tmp_path: Path) -> None:
    for number in range(20):
        (tmp_path / f"{number}.png").write_bytes(b"")
    params = SourceParams(source="folder", folder=str(tmp_path), splits=Splits(train=5, validation=3, test=2))
    assert count_images(params) == (20, 6)
    assert count_images(SMALL) == (19, 4)


def test_the_same_images_give_the_same_bytes(tmp_path: Path) -> None:
    params = folder_params(save_unlike(tmp_path / "photos", 20))
    for name in ("one", "two"):
        write_image_set(*choose_source(params, 0), tmp_path / name)
    assert tree(tmp_path / "one") == tree(tmp_path / "two")


@pytest.mark.parametrize("with_scenes", [True, False])
def test_datasets_loads_the_image_set(with_scenes: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    from datasets import load_dataset

    source = SceneSource(12, 0, 48) if with_scenes else FolderSource(save_unlike(tmp_path / "photos", 12), 64)
    rows, _ = write_image_set(source, by_turns, tmp_path / "images")
    loaded = load_dataset("imagefolder", data_dir=str(tmp_path / "images"), cache_dir=str(tmp_path / "cache"))
    assert set(loaded) == set(SPLITS)
    for split in SPLITS:
        images = store.read_images(split, tmp_path / "images")
        assert [row["image_id"] for row in loaded[split]] == [image.image_id for image in images]
        assert [row["scene"] for row in loaded[split]] == [image.scene for image in images]
        for row, image in zip(loaded[split], images, strict=True):
            assert row["image"].tobytes() == Image.open(image.path).tobytes()
    assert len(rows) == sum(len(loaded[split]) for split in SPLITS) == 12
