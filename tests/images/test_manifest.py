"""CSV and Parquet tables that list real photographs."""

import unicodedata
from pathlib import Path

import pandas as pd
import pytest

from blindspot.errors import BlindspotError, UnreadableImage
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
        ("a.csv", "path;image_id\nrocket.jpg;1\n", "its columns are separated by semicolons: save it with commas"),
        ("a.csv", "path\timage_id\nrocket.jpg\t1\n", "its columns are separated by tabs"),
        ("a.csv", "path,a\nrocket.jpg,1\ncoffee.png,1,2,3\n", r"row 2 of a\.csv has 4 cells for 2 columns"),
        ("a.parquet", "", "cannot be read as Parquet"),
        ("a.csv", "path\nrocket.jpg\ngone.png\nlost.png\n", r"names gone\.png, which is missing \(2 of its 3 images"),
        ("a.parquet", "path\nrocket.jpg\n", "cannot be read as Parquet"),
        ("a.txt", "rocket.jpg\n", r"cannot be read as Parquet .*: set prepare\.file to a \.csv or a Parquet file"),
    ],
)
def test_an_invalid_manifest_is_one_line(name: str, text: str, message: str, tmp_path: Path) -> None:
    (tmp_path / name).write_text(text)
    with pytest.raises(BlindspotError, match=message) as raised:
        read(tmp_path / name)
    assert name in str(raised.value)
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.csv", "\ufeffpath,image_id\nrocket.jpg,a\ncoffee.png,b\n"),
        ("a.csv", " Path , image_id \n rocket.jpg , a \n coffee.png , b \n\n"),
        ("a.csv", 'path, image_id\r\n"rocket.jpg", "a"\r\ncoffee.png, b\r\n'),
        ("a.csv", "path,image_id\rrocket.jpg,a\rcoffee.png,b\r"),
        ("a.csv", "image_id,path\na,.\\rocket.jpg\nb,data\\coffee.png\n"),
        ("a.csv", "path,image_id,\nROCKET.JPG,a,\nCoffee.png,b,\n"),
        ("a.tsv", "path\timage_id\nrocket.jpg\ta\ncoffee.png\tb\n"),
        ("a.jsonl", '{"path": "rocket.jpg", "image_id": "a"}\n{"path": "coffee.png", "image_id": "b"}\n'),
    ],
)
def test_tables_of_spreadsheets_and_other_systems_are_read(name: str, text: str, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(text.encode())
    rocket, coffee = read(tmp_path / name)
    assert (rocket.image_id, coffee.image_id) == ("a", "b")
    assert (rocket.open().size, coffee.open().size) == ((64, 43), (64, 43))


def test_utf16_is_read_and_other_encodings_are_named(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("path,who\nrocket.jpg,José\n", encoding="utf-16")
    assert len(read(tmp_path / "a.csv")) == 1
    (tmp_path / "a.csv").write_text("path,who\nrocket.jpg,José\n", encoding="latin-1")
    with pytest.raises(BlindspotError, match=r"cannot be read as CSV \(line 2 is not UTF-8\)"):
        read(tmp_path / "a.csv")


@pytest.mark.parametrize(("on_disk", "listed"), [("NFD", "NFC"), ("NFC", "NFD")])
def test_accents_may_be_composed_in_another_way(on_disk: str, listed: str, tmp_path: Path) -> None:
    name = unicodedata.normalize(on_disk, "in/café.png")  # type: ignore[arg-type]
    (tmp_path / "in").mkdir()
    photograph("rocket.jpg").save(tmp_path / name)
    text = "path\n" + unicodedata.normalize(listed, "in/café.png") + "\n"  # type: ignore[arg-type]
    (tmp_path / "list.csv").write_text(text, encoding="utf-8")
    (image,) = read(tmp_path / "list.csv", tmp_path)
    assert image.open().size == (64, 43)


def test_a_name_in_two_cases_is_not_guessed(tmp_path: Path) -> None:
    for name in ("Cat.png", "CAT.png", "dog.png", "cow.png"):
        photograph("rocket.jpg").save(tmp_path / name)
    (tmp_path / "list.csv").write_text("path\ncat.png\ndog.png\ncow.png\n")
    cat, dog, _ = read(tmp_path / "list.csv", tmp_path)
    assert cat.name == "row 1 of list.csv (cat.png)" and dog.open().size == (64, 43)
    with pytest.raises(UnreadableImage, match="names a file that is missing"):
        cat.open()


def test_rows_with_questions_about_one_file_are_one_image(tmp_path: Path) -> None:
    text = "path,question\nrocket.jpg,how many?\n./rocket.jpg,what colour?\ncoffee.png,is it?\n"
    (tmp_path / "list.csv").write_text(text)
    source = ManifestSource(tmp_path / "list.csv", FOLDER, 64)
    assert len(list(source.images())) == 2
    assert source.notes == [
        f"rows of {tmp_path}/list.csv that name a file again: 1 (./rocket.jpg); it is one image",
    ]


@pytest.mark.parametrize("bad", ["gone.png,x,", ",x,", "rocket.jpg,x,1,2", '"a\nb.png",x,', f"{'x' * 5000}.png,x,"])
def test_one_bad_row_is_named_and_the_rest_is_read(bad: str, tmp_path: Path) -> None:
    (tmp_path / "list.csv").write_text(f"path,image_id,scene\nrocket.jpg,a,\n{bad}\ncoffee.png,b,\ncoins.png,c,\n")
    rocket, odd, coffee, coins = read(tmp_path / "list.csv")
    assert [image.image_id for image in (rocket, coffee, coins)] == ["a", "b", "c"]
    assert odd.name.startswith("row 2 of list.csv")
    with pytest.raises(UnreadableImage, match=r"is missing|has no path|has 4 cells for 3 columns"):
        odd.open()


def test_an_image_with_a_broken_scene_is_unreadable(tmp_path: Path) -> None:
    (tmp_path / "list.csv").write_text("path,scene\nrocket.jpg,[1]\n")
    (image,) = read(tmp_path / "list.csv")
    with pytest.raises(UnreadableImage, match="has a scene that cannot be read"):
        image.open()


def test_ids_stay_as_they_are_written(tmp_path: Path) -> None:
    (tmp_path / "list.csv").write_text("path,image_id\nrocket.jpg,0001\ncoffee.png,1e5\ncoins.png,nan\n")
    assert [image.image_id for image in read(tmp_path / "list.csv")] == ["0001", "1e5", "nan"]


def test_a_missing_manifest_or_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(BlindspotError, match=r"gone\.csv does not exist: set prepare\.file"):
        read(tmp_path / "gone.csv")
    file = write(tmp_path / "list.csv", pd.DataFrame({"path": ["a.png"]}))
    with pytest.raises(BlindspotError, match=r"image folder .*nowhere does not exist: set prepare\.folder"):
        read(file, tmp_path / "nowhere")
