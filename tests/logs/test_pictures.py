"""Images of rows and their ids."""

import base64
import io
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from blindspot.logs.pictures import Pictures, image_of
from tests.logs.files import notes, read, row, table, write_jsonl


def png(colour: str = "red") -> bytes:
    Image.effect_noise((16, 16), 50).convert("RGB").save(buffer := io.BytesIO(), "PNG")
    return buffer.getvalue() + colour.encode()


DATA = png()
BASE64 = base64.b64encode(DATA).decode()


@pytest.mark.parametrize(
    ("value", "image"),
    [
        ("a/b.png", "a/b.png"),
        ("https://example.org/a.png", "https://example.org/a.png"),
        (Path("a.png"), "a.png"),
        (BASE64, BASE64),
        (DATA, DATA),
        (bytearray(DATA), DATA),
        ({"bytes": DATA, "path": "a.png"}, DATA),
        ({"bytes": None, "path": "a.png"}, "a.png"),
        ({"url": "https://example.org/a.png"}, "https://example.org/a.png"),
        ({"image_url": {"url": "a.png"}}, "a.png"),
        (["a.png", "b.png"], "a.png"),
        ([None, "b.png"], "b.png"),
        (np.array(["a.png", "b.png"], dtype=object), "a.png"),
        ("['a.png', 'b.png']", "a.png"),
        ('{"path": "a.png"}', "a.png"),
        (123, "123"),
        (None, None),
        ("", None),
        (b"", None),
        ([], None),
        ({}, None),
        (float("nan"), None),
        ("<PIL.PngImagePlugin.PngImageFile image mode=RGB size=4x4 at 0x7F>", None),
    ],
)
def test_forms_of_images(value: Any, image: str | bytes | None) -> None:
    assert image_of(value) == image


def test_a_pillow_image_becomes_png() -> None:
    found = row(table([{"question": "q", "answer": "a", "image": Image.new("RGB", (3, 3), "red")}]))
    assert Image.open(io.BytesIO(found["image"])).getpixel((1, 1)) == (255, 0, 0)


def test_equal_images_have_one_id_in_all_forms() -> None:
    pictures = Pictures([])
    forms = [DATA, BASE64, f"data:image/png;base64,{BASE64}", {"bytes": DATA}]
    ids = {pictures.read(one)[1] for one in forms}
    assert len(ids) == 1 and len(ids.pop() or "") == 16
    assert pictures.read(png("blue"))[1] not in (None, *ids)


def test_equal_images_share_memory() -> None:
    pictures = Pictures([])
    first, second = pictures.read(bytes(bytearray(DATA)))[0], pictures.read(bytes(bytearray(DATA)))[0]
    assert first is second


@pytest.mark.parametrize("value", ["data:image/png;base64,@@@", "data:image/svg+xml,<svg/>", "data:"])
def test_broken_data_uris_have_ids(value: str) -> None:
    image, name = Pictures([]).read(value)
    assert image == value and name


def test_paths_are_relative_to_the_log_or_to_the_given_folder(tmp_path: Path) -> None:
    (tmp_path / "images").mkdir()
    (tmp_path / "images" / "a.png").write_bytes(DATA)
    rows = [{"question": "q", "answer": "a", "image": name} for name in ("images/a.png", "a.png", "none.png")]
    path = write_jsonl(tmp_path / "log.jsonl", rows)
    frame = read(path)
    assert frame["image"].tolist() == [str(tmp_path / "images" / "a.png"), "a.png", "none.png"]
    assert frame["image_id"].tolist() == ["images/a.png", "a.png", "none.png"]
    assert "2 images do not exist" in notes(frame) and "a.png, none.png" in notes(frame)
    frame = read(path, image_folder=tmp_path / "images")
    assert frame["image"].tolist()[1] == str(tmp_path / "images" / "a.png") and "1 image does not" in notes(frame)


@pytest.mark.parametrize("path", ["x" * 5000, "a\0b", "../" * 300 + "etc"])
def test_impossible_paths(path: str) -> None:
    image, name = Pictures([Path(".")]).read(path)
    assert image == path and name is not None and len(name) <= 200


def test_an_id_column_wins_over_the_path() -> None:
    found = row(table([{"question": "q", "answer": "a", "image_path": "a.png", "image_id": 5}]))
    assert found["image_id"] == "5" and found["image"] == "a.png"
    assert row(table([{"question": "q", "answer": "a", "image_path": "a.png"}]))["image_id"] == "a.png"
