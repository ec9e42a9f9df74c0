"""COCO files that list real photographs."""

import json
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from blindspot.errors import BlindspotError
from blindspot.images.coco import CocoSource
from blindspot.records.image import SourceImage
from tests.images.photographs import FOLDER

INSTANCES: dict[str, Any] = {
    "info": {"year": 2017},
    "licenses": [],
    "images": [
        {"id": 139, "file_name": "astronaut.png", "width": 512, "height": 512, "coco_url": "https://…"},
        {"id": 7, "file_name": "rocket.jpg", "width": 640, "height": 427},
        {"id": 8, "file_name": "coffee.png", "width": 600, "height": 400},
    ],
    "categories": [{"id": 1, "name": "person", "supercategory": "person"}, {"id": 44, "name": "rocket"}],
    "annotations": [
        {"id": 1, "image_id": 139, "category_id": 1, "bbox": [128, 0, 256, 512], "area": 9.5, "iscrowd": 0},
        {"id": 2, "image_id": 139, "category_id": 44, "bbox": [400, 100, 51.2, 102.4], "iscrowd": 0},
        {"id": 3, "image_id": 7, "category_id": 44, "bbox": [-320, 0, 640, 427], "iscrowd": 0},
        {"id": 4, "image_id": 7, "category_id": 1, "bbox": [0, 0, 640, 427], "iscrowd": 1},
        {"id": 5, "image_id": 7, "category_id": 1, "bbox": [3, 4, 0, 9], "iscrowd": 0},
        {"id": 6, "image_id": 99, "category_id": 1, "bbox": [3, 4, 9, 9], "iscrowd": 0},
    ],
}


def write(folder: Path, value: object = INSTANCES) -> Path:
    file = folder / "coco.json"
    file.write_text(value if isinstance(value, str) else json.dumps(value))
    return file


def read(file: Path, folder: Path = FOLDER) -> list[SourceImage]:
    return list(CocoSource(file, folder, 64).images())


def changed(*path: str | int, to: object) -> dict[str, Any]:
    value: Any = (whole := deepcopy(INSTANCES))
    for key in path[:-1]:
        value = value[key]
    value[path[-1]] = to
    return whole


def test_boxes_are_shares_of_the_image_smallest_first(tmp_path: Path) -> None:
    astronaut, rocket, coffee = read(write(tmp_path))
    assert json.loads(astronaut.boxes or "") == [
        {"category": "rocket", "area": 0.02},
        {"category": "person", "area": 0.5},
    ]
    assert json.loads(rocket.boxes or "") == [{"category": "rocket", "area": 0.5}]  # half of the box is outside
    assert coffee.boxes == "[]"  # no objects, unlike None: no annotations
    assert [image.image_id for image in (astronaut, rocket, coffee)] == ["139", "7", "8"]
    assert astronaut.open().size == (64, 64) and astronaut.scene is None


def test_captions_give_no_objects(tmp_path: Path) -> None:
    captions = INSTANCES | {"annotations": [{"id": 1, "image_id": 7, "caption": "A rocket."}], "categories": []}
    for value in (captions, {"images": INSTANCES["images"]}):
        assert [image.boxes for image in read(write(tmp_path, value))] == [None] * 3


def test_ids_may_be_text(tmp_path: Path) -> None:
    value = {"images": [INSTANCES["images"][1] | {"id": "seven"}]}
    assert [image.image_id for image in read(write(tmp_path, value))] == ["seven"]


def test_missing_images_are_counted_and_the_first_is_named(tmp_path: Path) -> None:
    text = r"coco\.json names astronaut\.png, which is missing \(3 of its 3 images are not in .*\): set prepare.folder"
    with pytest.raises(BlindspotError, match=text):
        read(write(tmp_path), tmp_path)


@pytest.mark.parametrize("name", ["../data/rocket.jpg/../../../secret.png", "/etc/hostname"])
def test_an_image_outside_the_folder_is_refused(name: str, tmp_path: Path) -> None:
    with pytest.raises(BlindspotError, match="which leads out of"):
        read(write(tmp_path, changed("images", 0, "file_name", to=name)))


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("{", r"is not a COCO file \(whole file: Invalid JSON"),
        ("", r"is not a COCO file"),
        ([1], r"is not a COCO file"),
        (
            {"categories": []},
            r"is not a COCO file \(images: Field required\): set prepare\.file to an instances or cap",
        ),
        ({"images": []}, r"is not a COCO file \(images: "),
        (changed("images", 1, "width", to=0), r"images\.1\.width: "),
        (changed("annotations", 2, "bbox", to=[1, 2, 3]), r"annotations\.2\.bbox"),
        (changed("annotations", 0, "category_id", to=5), "lists no category 5"),
        (changed("images", 1, "file_name", to="astronaut.png"), "names a file twice"),
    ],
)
def test_an_invalid_coco_file_is_one_line(value: object, text: str, tmp_path: Path) -> None:
    with pytest.raises(BlindspotError, match=text) as raised:
        read(write(tmp_path, value))
    assert "coco.json" in str(raised.value) and "\n" not in str(raised.value)


def test_a_missing_file_or_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(BlindspotError, match=r"gone\.json cannot be read .*: set prepare\.file"):
        read(tmp_path / "gone.json")
    with pytest.raises(BlindspotError, match=r"nowhere does not exist: set prepare\.folder"):
        read(write(tmp_path), tmp_path / "nowhere")
