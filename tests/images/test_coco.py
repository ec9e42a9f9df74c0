"""COCO files that list real photographs."""

import json
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from blindspot.errors import BlindspotError, UnreadableImage
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
        (INSTANCES | {"images": [{"id": 1}, {"file_name": "rocket.jpg"}]}, r"image 1 .*has no file_name; 2 of 2 rows"),
        ('{"images": ' + "[" * 100_000, r"is not a COCO file \(whole file: "),
    ],
)
def test_an_invalid_coco_file_is_one_line(value: object, text: str, tmp_path: Path) -> None:
    with pytest.raises(BlindspotError, match=text) as raised:
        read(write(tmp_path, value))
    assert "coco.json" in str(raised.value) and "\n" not in str(raised.value)


def notes_and_boxes(folder: Path, value: object, images: Path = FOLDER) -> tuple[list[str], list[Any]]:
    source = CocoSource(write(folder, value), images, 64)
    boxes = [image.boxes and json.loads(image.boxes) for image in source.images()]
    return source.notes, boxes


def test_ids_match_whether_they_are_numbers_or_text(tmp_path: Path) -> None:
    expected = notes_and_boxes(tmp_path, INSTANCES)[1]
    for image_id, category_id in (("{}", "{}"), ("{}.0", "{}.0"), ("{:012d}", "{:02d}")):
        value: Any = deepcopy(INSTANCES)
        for one in value["annotations"]:
            for key, form in (("image_id", image_id), ("category_id", category_id)):
                text = form.format(one[key])
                one[key] = float(text) if text.endswith(".0") else text
        assert notes_and_boxes(tmp_path, value)[1] == expected
    value = deepcopy(INSTANCES) | {"images": [one | {"id": f" {one['id']}"} for one in INSTANCES["images"]]}
    assert notes_and_boxes(tmp_path, value)[1] == expected


def test_boxes_that_are_shares_of_the_image_are_read_as_shares(tmp_path: Path) -> None:
    value = INSTANCES | {"annotations": [{"image_id": 7, "category_id": 44, "bbox": [0.5, 0.5, 0.5, 0.4]}]}
    notes, boxes = notes_and_boxes(tmp_path, value)
    assert boxes == [[], [{"category": "rocket", "area": 0.2}], []]
    assert notes == ["the boxes are read as shares of the image"]


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"bbox": []}, "have no box of four numbers"),
        ({"bbox": [1, 2, 3]}, "have no box of four numbers"),
        ({"bbox": [1, 2, 3, float("nan")]}, "have no box of four numbers"),
        ({"bbox": [1, 2, 3, float("inf")]}, "have no box of four numbers"),
        ({"bbox": [1, 2, -3, 4]}, "have no box of four numbers"),
        ({"bbox": ["a", 2, 3, 4]}, "have no box of four numbers"),
        ({"bbox": {"x": 1}}, "have no box of four numbers"),
        ({"bbox": [0.1, 0.2, 0.5, 0.4]}, "have a box smaller than a pixel"),
        ({"category_id": 5}, "have a category that the file does not name"),
        ({"category_id": None}, "have a category that the file does not name"),
    ],
)
def test_one_bad_annotation_is_left_out_and_told(change: dict[str, Any], reason: str, tmp_path: Path) -> None:
    value: Any = deepcopy(INSTANCES)
    value["annotations"][2] |= change  # the only box of the rocket's picture
    notes, boxes = notes_and_boxes(tmp_path, value)
    assert [boxes[0], boxes[2]] == [[{"category": "rocket", "area": 0.02}, {"category": "person", "area": 0.5}], []]
    assert boxes[1] is None  # unlike [], no objects
    assert sorted(notes) == sorted(
        f"annotations left out: 1, because they {why}" for why in (reason, "belong to no image that is read")
    )


def test_an_image_whose_only_annotation_is_left_out_has_no_known_objects(tmp_path: Path) -> None:
    value: Any = deepcopy(INSTANCES)
    value["annotations"] = [*value["annotations"][:2], {"image_id": 7, "category_id": 1, "bbox": [1]}, "rubbish"]
    assert notes_and_boxes(tmp_path, value)[1][1:] == [None, []]


def test_annotations_of_other_images_only_give_no_objects(tmp_path: Path) -> None:
    value = INSTANCES | {"annotations": [{"image_id": 1000, "category_id": 1, "bbox": [1, 1, 9, 9]}]}
    notes, boxes = notes_and_boxes(tmp_path, value)
    assert boxes == [None] * 3 and "annotations left out: 1, because they belong to no image" in notes[0]


@pytest.mark.parametrize("size", [{}, {"width": 0, "height": 0}, {"width": None, "height": None}, {"width": "?"}])
def test_missing_sizes_are_read_from_the_pictures(size: dict[str, Any], tmp_path: Path) -> None:
    bare = [{"id": one["id"], "file_name": one["file_name"]} | size for one in INSTANCES["images"]]
    assert notes_and_boxes(tmp_path, INSTANCES | {"images": bare})[1] == notes_and_boxes(tmp_path, INSTANCES)[1]


def test_lvis_names_files_in_their_url(tmp_path: Path) -> None:
    images = [
        {"id": one["id"], "coco_url": f"http://images.cocodataset.org/val2017/{one['file_name']}"}
        for one in INSTANCES["images"]
    ]
    assert len(read(write(tmp_path, INSTANCES | {"images": images}))) == 3


def test_names_may_begin_with_the_folder_and_ids_may_have_a_slash(tmp_path: Path) -> None:
    images = [{"id": f"val/{n}", "file_name": f"data/{name}"} for n, name in enumerate(("rocket.jpg", "coffee.png"))]
    source = CocoSource(write(tmp_path, {"images": images}), FOLDER, 64)
    found = [image.image_id for image in source.images()]
    assert len(set(found)) == 2 and all(one.startswith("val-") for one in found)
    assert f"for example val/0 to {found[0]}" in source.notes[0]


def test_a_file_that_is_listed_twice_is_one_image_with_all_objects(tmp_path: Path) -> None:
    notes, boxes = notes_and_boxes(tmp_path, changed("images", 1, "file_name", to="astronaut.png"))
    assert [len(one) for one in boxes] == [3, 0]
    assert "name a file again: 1 (astronaut.png); it is one image" in notes[-1]


@pytest.mark.parametrize("row", [{"file_name": "gone.png"}, {"file_name": None}, {"id": None}, {"id": 139}])
def test_one_bad_image_is_unreadable_and_named(row: dict[str, Any], tmp_path: Path) -> None:
    value: Any = deepcopy(INSTANCES)
    value["images"][1] |= row
    images = read(write(tmp_path, value))
    bad = images[1]
    assert len(images) == 3 and ("image 2 of coco.json" in bad.name or bad.name.endswith("rocket.jpg"))
    with pytest.raises(UnreadableImage, match=r"missing|no file_name|no id|has the image id 139, as .*astronaut"):
        bad.open()


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-32"])
def test_other_encodings_of_json_are_read(encoding: str, tmp_path: Path) -> None:
    (tmp_path / "coco.json").write_text(json.dumps(INSTANCES), encoding=encoding)
    assert len(read(tmp_path / "coco.json")) == 3


def test_a_missing_file_or_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(BlindspotError, match=r"gone\.json cannot be read .*: set prepare\.file"):
        read(tmp_path / "gone.json")
    with pytest.raises(BlindspotError, match=r"nowhere does not exist: set prepare\.folder"):
        read(write(tmp_path), tmp_path / "nowhere")
