"""CSV and Parquet tables that list real photographs."""

from pathlib import Path

import pandas as pd
import pytest

from blindspot.errors import BlindspotError
from blindspot.images.manifest import ManifestSource
from blindspot.records.image import SourceImage
from blindspot.scenes.scene import Scene, Thing
from tests.images.photographs import FOLDER, NAMES, photograph

SCENE = Scene((Thing(0, 0, "small", "red", "star"),)).to_json()


def write(file: Path, table: pd.DataFrame) -> Path:
    table.to_csv(file, index=False) if file.suffix == ".csv" else table.to_parquet(file, index=False)
    return file


def read(file: Path, folder: Path = FOLDER) -> list[SourceImage]:
    return list(ManifestSource(file, folder, 64).images())


@pytest.mark.parametrize("name", ["list.csv", "list.CSV", "list.parquet", "list.pq"])
def test_rows_become_images_in_order_and_other_columns_are_ignored(name: str, tmp_path: Path) -> None:
    table = pd.DataFrame({"taken": [1, 2], "path": ["rocket.jpg", "coffee.png"], "image_id": ["r", "c"]})
    rocket, coffee = read(write(tmp_path / name, table) if name != "list.CSV" else upper_case(tmp_path, table))
    assert (rocket.image_id, coffee.image_id, rocket.scene) == ("r", "c", None)
    expected = photograph("coffee.png")
    expected.thumbnail((64, 64))
    assert coffee.open().tobytes() == expected.tobytes()
    assert coffee.name == str(FOLDER / "coffee.png")


def upper_case(folder: Path, table: pd.DataFrame) -> Path:
    return write(folder / "list.csv", table).rename(folder / "list.CSV")


@pytest.mark.parametrize("suffix", ["csv", "parquet"])
def test_missing_ids_are_derived_from_the_paths(suffix: str, tmp_path: Path) -> None:
    whole = read(write(tmp_path / f"a.{suffix}", pd.DataFrame({"path": NAMES})))
    table = pd.DataFrame({"path": NAMES, "image_id": [7, *[None] * 5], "scene": [SCENE, *[None] * 5]})
    given = read(write(tmp_path / f"b.{suffix}", table))
    assert given[0].image_id.startswith("7") and given[0].scene == SCENE
    assert [image.image_id for image in given[1:]] == [image.image_id for image in whole[1:]]
    assert len({image.image_id for image in whole}) == len(NAMES)


def test_integer_ids_with_missing_values_stay_integers_in_parquet(tmp_path: Path) -> None:
    table = pd.DataFrame({"path": NAMES[:2], "image_id": [7, None]})
    assert table["image_id"].dtype == float
    assert read(write(tmp_path / "a.parquet", table))[0].image_id == "7"


def test_an_absolute_path_is_read_inside_the_folder_and_refused_outside(tmp_path: Path) -> None:
    file = write(tmp_path / "list.csv", pd.DataFrame({"path": [str(FOLDER / "rocket.jpg")]}))
    assert len(read(file)) == 1
    with pytest.raises(BlindspotError, match=rf"list\.csv names {FOLDER}/rocket\.jpg, which leads out of {tmp_path}"):
        read(file, tmp_path)


def test_a_path_or_link_out_of_the_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    photograph("rocket.jpg").save(tmp_path / "rocket.png")
    (tmp_path / "in" / "link.png").symlink_to(tmp_path / "rocket.png")
    for name in ("../rocket.png", "link.png", "a\0b.png"):
        table = pd.DataFrame({"path": [name]})
        with pytest.raises(BlindspotError, match=r"leads out of .*: set prepare\.folder"):
            read(write(tmp_path / "list.parquet", table), tmp_path / "in")


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("a.csv", "file,id\nrocket.jpg,1\n", r"has no column path \(it has file, id\): add a column path"),
        ("a.csv", "path\n", "lists no images"),
        ("a.csv", "", "cannot be read as CSV"),
        ("a.csv", 'path\n"rocket.jpg\n', "cannot be read as CSV"),
        ("a.csv", "path,image_id\nrocket.jpg,1\n,2\n", "row 2 of .* has no path"),
        ("a.csv", "path\nrocket.jpg\n./rocket.jpg\n", "names a file twice"),
        ("a.csv", "path\nrocket.jpg\ngone.png\nlost.png\n", r"names gone\.png, which is missing \(2 of its 3 images"),
        ("a.csv", "path,scene\nrocket.jpg,[1]\n", r"the scene of rocket\.jpg cannot be read"),
        ("a.parquet", "path\nrocket.jpg\n", "cannot be read as Parquet"),
        ("a.txt", "rocket.jpg\n", r"cannot be read as Parquet .*: set prepare\.file to a \.csv or a Parquet file"),
    ],
)
def test_an_invalid_manifest_is_one_line(name: str, text: str, message: str, tmp_path: Path) -> None:
    (tmp_path / name).write_text(text)
    with pytest.raises(BlindspotError, match=message) as raised:
        read(tmp_path / name)
    assert name in str(raised.value) or "scene" in message
    assert "\n" not in str(raised.value)


def test_a_missing_manifest_or_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(BlindspotError, match=r"gone\.csv does not exist: set prepare\.file"):
        read(tmp_path / "gone.csv")
    file = write(tmp_path / "list.csv", pd.DataFrame({"path": ["a.png"]}))
    with pytest.raises(BlindspotError, match=r"image folder .*nowhere does not exist: set prepare\.folder"):
        read(file, tmp_path / "nowhere")
