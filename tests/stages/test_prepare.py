"""prepare writes image sets that others can load."""

from pathlib import Path

import pytest
from PIL import Image

from blindspot import store
from blindspot.checks.image import IMAGE
from blindspot.checks.run import check
from blindspot.errors import BlindspotError
from blindspot.images.folder import FolderSource
from blindspot.images.scenes import SceneSource
from blindspot.records.image import SPLITS
from stages.prepare import Params, Splits, by_hash, choose_source, prepare

SMALL = Params(splits=Splits(train=9, validation=4, test=6))


def tree(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def photos(folder: Path, count: int) -> Path:
    folder.mkdir(exist_ok=True)
    for number in range(count):
        Image.new("RGB", (8, 6), (number, 0, 0)).save(folder / f"photo {number}.png")
    return folder


def test_scenes_are_split_by_count_and_no_scene_is_in_two(tmp_path: Path) -> None:
    rows = prepare(*choose_source(SMALL, seed=0), tmp_path)
    check(rows, IMAGE, tmp_path / "docs")
    scenes = {split: {image.scene for image in store.read_images(split, tmp_path)} for split in SPLITS}
    assert {split: len(found) for split, found in scenes.items()} == {"train": 9, "validation": 4, "test": 6}
    assert len(set().union(*scenes.values())) == 19


def test_the_same_seed_writes_the_same_bytes(tmp_path: Path) -> None:
    for name, seed in (("one", 1), ("two", 1), ("three", 2)):
        prepare(*choose_source(SMALL, seed), tmp_path / name)
    assert tree(tmp_path / "one") == tree(tmp_path / "two") != tree(tmp_path / "three")


def test_more_training_images_leave_the_other_splits_as_they_are(tmp_path: Path) -> None:
    larger = Params(splits=Splits(train=20, validation=4, test=6))
    for name, params in (("small", SMALL), ("large", larger)):
        prepare(*choose_source(params, 0), tmp_path / name)
    for split in ("validation", "test"):
        assert tree(tmp_path / "small" / split) == tree(tmp_path / "large" / split)


def test_a_folder_is_split_by_id_so_that_images_stay_where_they_are(tmp_path: Path) -> None:
    folder = tmp_path / "photos"
    splits = Splits(train=2, validation=1, test=1)
    seen = []
    for count in (40, 60):
        source, split_of = choose_source(Params(source="folder", folder=str(photos(folder, count)), splits=splits), 0)
        rows = prepare(source, split_of, tmp_path / f"out-{count}")
        seen.append(dict(zip(rows["image_id"], rows["split"], strict=True)))
    assert seen[0].items() <= seen[1].items() and len(seen[1]) == 60
    assert set(seen[0].values()) == set(SPLITS)


def test_a_folder_is_split_in_the_shares_asked_for() -> None:
    splits = Splits(train=6, validation=1, test=3)
    found = [by_hash(f"image-{number}", splits) for number in range(10_000)]
    for split, share in (("train", 0.6), ("validation", 0.1), ("test", 0.3)):
        assert abs(found.count(split) / 10_000 - share) < 0.015


def test_a_folder_too_small_for_three_splits_is_refused(tmp_path: Path) -> None:
    source = FolderSource(photos(tmp_path / "photos", 5))
    with pytest.raises(BlindspotError, match=r"the test split is empty: raise prepare\.splits\.test"):
        prepare(source, lambda name: "validation" if "0" in name else "train", tmp_path / "out")


def test_an_id_that_leads_elsewhere_is_never_written(tmp_path: Path) -> None:
    folder = photos(tmp_path / "photos", 1)
    (folder / "metadata.jsonl").write_text('{"file_name": "photo 0.png", "image_id": "../../escaped"}')
    with pytest.raises(BlindspotError, match=r"'\.\./\.\./escaped' can't be a file name"):
        prepare(FolderSource(folder), lambda _: "train", tmp_path / "a" / "b" / "out")
    assert not list(tmp_path.rglob("escaped*"))


def test_a_folder_must_be_named(tmp_path: Path) -> None:
    with pytest.raises(BlindspotError, match=r"prepare\.folder is not set"):
        choose_source(Params(source="folder"), 0)


@pytest.mark.parametrize("with_scenes", [True, False])
def test_datasets_loads_what_was_written(with_scenes: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    from datasets import load_dataset

    source = SceneSource(12, 0, 48) if with_scenes else FolderSource(photos(tmp_path / "photos", 12))
    order = iter(["train", "validation", "test"] * 4)
    rows = prepare(source, lambda _: next(order), tmp_path / "images")
    loaded = load_dataset("imagefolder", data_dir=str(tmp_path / "images"), cache_dir=str(tmp_path / "cache"))
    assert set(loaded) == set(SPLITS)
    for split in SPLITS:
        images = store.read_images(split, tmp_path / "images")
        assert [row["image_id"] for row in loaded[split]] == [image.image_id for image in images]
        assert [row["scene"] for row in loaded[split]] == [image.scene for image in images]
        for row, image in zip(loaded[split], images, strict=True):
            assert row["image"].tobytes() == Image.open(image.path).tobytes()
    assert len(rows) == 12
