"""Pictures with marks are split by their photographs, and photographs without room for marks are skipped by name."""

import json
from pathlib import Path
from typing import Any

import pytest

from blindspot import store
from blindspot.checks.images import IMAGE
from blindspot.checks.run import check
from blindspot.errors import BlindspotError
from blindspot.images.image_set import describe_image_set, write_image_set
from blindspot.images.sources import SourceParams, choose_source, count_images
from blindspot.judges.oracle import OracleVerifier
from blindspot.questioner.templates import TemplateQuestioner
from blindspot.records.image import SPLITS
from blindspot.scenes.stored import read_scene
from tests.images.photographs import photograph


def params(folder: Path | None, **changes: Any) -> SourceParams:
    values = {"source": "marks", "folder": None if folder is None else str(folder), "max_side": 448}
    return SourceParams.model_validate(values | {"splits": {"train": 2, "validation": 1, "test": 2}} | changes)


@pytest.fixture(scope="module")
def photographs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("photographs")
    for name in ("astronaut.png", "camera.png", "moon.png", "brick.png", "retina.jpg", "ihc.png"):
        photograph(name).save(folder / name)
    return folder


def written(source: SourceParams, folder: Path, seed: int = 0) -> dict[str, bytes]:
    write_image_set(*choose_source(source, seed), folder, 0.5)
    return {path.name: path.read_bytes() for path in sorted(folder.rglob("*.png"))}


def test_every_picture_has_its_marks_and_all_of_a_photograph_are_in_one_split(
    photographs: Path, tmp_path: Path
) -> None:
    chosen = params(photographs, marks={"per_photograph": 2})
    rows, skipped = write_image_set(*choose_source(chosen, 0), tmp_path, 0)
    check(rows, IMAGE, tmp_path / "docs")
    assert (len(rows), skipped) == (12, {}) and count_images(chosen)[0] == 12
    splits = rows.assign(photograph=rows["image_id"].str.rpartition(".")[0]).groupby("photograph")["split"].nunique()
    assert len(splits) == 6 and (splits == 1).all()
    assert rows["scene"].nunique() == 12
    images = [image for split in SPLITS for image in store.read_images(split, tmp_path)]
    asked = TemplateQuestioner().ask(images, 0)
    verdicts = OracleVerifier("invalid").judge(
        images, [one.question for one in asked], [str(one.answer) for one in asked]
    )
    assert {verdict.outcome for verdict in verdicts} == {"correct"}


def test_near_duplicates_of_a_photograph_are_in_its_split(photographs: Path, tmp_path: Path) -> None:
    for path in photographs.iterdir():
        (tmp_path / "folder").mkdir(exist_ok=True)
        (tmp_path / "folder" / path.name).write_bytes(path.read_bytes())
    photograph("moon.png").resize((480, 480)).save(tmp_path / "folder" / "copy.png")
    rows, _ = write_image_set(*choose_source(params(tmp_path / "folder"), 0), tmp_path / "out", 0)
    copies = rows[rows["image_id"].str.contains("moon|copy")]
    assert copies["split"].nunique() == 1 and copies["duplicate_of"].notna().sum() == 1
    assert set(copies["duplicate_of"].dropna()) <= set(copies["image_id"])


def test_the_seed_decides_and_more_pictures_change_none(photographs: Path, tmp_path: Path) -> None:
    one = written(params(photographs), tmp_path / "one")
    assert one == written(params(photographs), tmp_path / "again") != written(params(photographs), tmp_path / "two", 1)
    more = written(params(photographs, marks={"per_photograph": 2}), tmp_path / "more")
    assert one == {name: more[name] for name in one} and len(more) == 2 * len(one)


def test_photographs_without_room_for_marks_are_skipped_by_name(photographs: Path, tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    for path in photographs.iterdir():
        (folder / path.name).write_bytes(path.read_bytes())
    photograph("grass.png").save(folder / "lawn.png")
    photograph("chelsea.png").resize((300, 200)).save(folder / "cat.png")
    rows, skipped = write_image_set(*choose_source(params(folder), 0), tmp_path / "out", 0.5)
    assert sorted(skipped) == [f"{folder}/cat.png", f"{folder}/lawn.png"]
    assert "too small for marks" in skipped[f"{folder}/cat.png"] and "too busy" in skipped[f"{folder}/lawn.png"]
    assert "cat.png is too small for marks (its shorter side has 200 px" in describe_image_set(rows, skipped)
    with pytest.raises(BlindspotError, match=r"cat.png is too small for marks .* \(more than a share of 0.02"):
        write_image_set(*choose_source(params(folder), 0), tmp_path / "again", 0.02)


def test_photographs_of_a_manifest_get_marks(photographs: Path, tmp_path: Path) -> None:
    (tmp_path / "chosen.csv").write_text("path,image_id\nmoon.png,night\nbrick.png,wall\nihc.png,cells\n", "utf-8")
    chosen = params(photographs, file=str(tmp_path / "chosen.csv"), marks={"photographs": "manifest"})
    rows, _ = write_image_set(*choose_source(chosen, 0), tmp_path / "out", 0)
    assert sorted(rows["image_id"]) == ["cells.m0", "night.m0", "wall.m0"]
    assert all(read_scene(scene).drawn for scene in rows["scene"])
    assert {json.loads(scene)["width"] for scene in rows["scene"]} == {448}


def test_a_missing_folder_is_one_sentence() -> None:
    with pytest.raises(BlindspotError, match=r"prepare.folder is not set") as error:
        choose_source(params(None), 0)
    assert "because prepare.marks.photographs is folder" in str(error.value)
