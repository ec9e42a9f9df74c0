"""A folder of images, with and without metadata."""

import json
from pathlib import Path

import pytest
from PIL import Image

from blindspot.errors import BlindspotError, UnreadableImage
from blindspot.images.folder import FolderSource
from blindspot.scenes.scene import Scene, Thing

SCENE = Scene((Thing(0, 0, "small", "red", "star"),)).to_json()


def save(path: Path, colour: object = (200, 30, 30), mode: str = "RGB", **options: object) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new(mode, (12, 8), colour).save(path, **options)  # type: ignore[arg-type]
    return path


def names(folder: Path) -> list[str]:
    return [image.image_id for image in FolderSource(folder, 1024).images()]


@pytest.mark.parametrize("suffix", ["png", "jpg", "JPEG", "bmp", "gif", "webp", "tiff", "ppm"])
def test_files_of_every_common_format_are_found(suffix: str, tmp_path: Path) -> None:
    save(tmp_path / f"a.{suffix}")
    (image,) = FolderSource(tmp_path, 1024).images()
    assert (image.name, image.scene, image.boxes) == (str(tmp_path / f"a.{suffix}"), None, None)
    assert (image.open().mode, image.open().size) == ("RGB", (12, 8))


def test_larger_images_are_scaled_down(tmp_path: Path) -> None:
    save(tmp_path / "a.png")
    (image,) = FolderSource(tmp_path, 6).images()
    assert image.open().size == (6, 4)


def test_ids_are_valid_and_unique_and_do_not_change_when_images_are_added(tmp_path: Path) -> None:
    for name in ("b/été 1.png", "b/été 1.jpg", "cat.png", "..odd..png", "x" * 90 + ".png"):
        save(tmp_path / name)
    before = names(tmp_path)
    assert len(set(before)) == 4  # a name that starts with a dot is hidden
    assert all(name.replace("-", "").isalnum() and name.isascii() and len(name) < 60 for name in before)
    save(tmp_path / "a.png")
    save(tmp_path / "cat.jpg")
    assert set(before) < set(names(tmp_path))


def test_metadata_gives_ids_and_scenes_of_the_files_that_it_lists(tmp_path: Path) -> None:
    save(tmp_path / "in" / "a.png")
    save(tmp_path / "b.png")
    row = {"file_name": "in/a.png", "image_id": 17, "scene": SCENE}
    (tmp_path / "metadata.jsonl").write_text(json.dumps(row) + "\n\n")
    rows = [(image.image_id, image.scene) for image in FolderSource(tmp_path, 1024).images()]
    assert rows[1] == ("17", SCENE)
    assert rows[0][0].startswith("b-") and rows[0][1] is None


def test_metadata_may_be_csv(tmp_path: Path) -> None:
    save(tmp_path / "a.png")
    (tmp_path / "metadata.csv").write_text("file_name,image_id\na.png,007\n")
    assert names(tmp_path) == ["007"]


def test_an_id_may_be_zero(tmp_path: Path) -> None:
    save(tmp_path / "a.png")
    (tmp_path / "metadata.jsonl").write_text('{"file_name": "a.png", "image_id": 0}')
    assert names(tmp_path) == ["0"]


def test_other_files_are_ignored(tmp_path: Path) -> None:
    save(tmp_path / "a.png")
    save(tmp_path / ".thumbnails" / "a.png")
    (tmp_path / "readme.txt").write_text("hello")
    (tmp_path / ".DS_Store").write_bytes(b"\0")
    assert len(names(tmp_path)) == 1


def test_an_invalid_file_is_listed_and_raises_when_it_is_opened(tmp_path: Path) -> None:
    (tmp_path / "bad.png").write_bytes(b"")
    (image,) = FolderSource(tmp_path, 1024).images()
    with pytest.raises(UnreadableImage, match=r"is empty \(0 bytes\)"):
        image.open()


def test_a_link_out_of_the_folder_is_refused_and_one_inside_is_read(tmp_path: Path) -> None:
    save(tmp_path / "elsewhere" / "secret.png")
    save(tmp_path / "photos" / "a.png")
    (tmp_path / "photos" / "b.png").symlink_to("a.png")
    (tmp_path / "photos" / "again").symlink_to(tmp_path / "photos")
    assert len(names(tmp_path / "photos")) == 2
    for link, target in (("c.png", "elsewhere/secret.png"), ("folder", "elsewhere")):
        (tmp_path / "photos" / link).symlink_to(tmp_path / target)
        with pytest.raises(BlindspotError, match=rf"image {tmp_path}/photos/{link} is a link that leads out of"):
            names(tmp_path / "photos")
        (tmp_path / "photos" / link).unlink()


def test_a_broken_link_is_listed_and_unreadable(tmp_path: Path) -> None:
    (tmp_path / "a.png").symlink_to("gone.png")
    (image,) = FolderSource(tmp_path, 1024).images()
    with pytest.raises(UnreadableImage, match="No such file"):
        image.open()


@pytest.mark.parametrize("name", ["../out.png", "/etc/hostname", "in/../../out.png"])
def test_a_path_out_of_the_folder_is_refused(name: str, tmp_path: Path) -> None:
    save(tmp_path / "out.png")
    save(tmp_path / "photos" / "a.png")
    (tmp_path / "photos" / "metadata.jsonl").write_text(json.dumps({"file_name": name}))
    with pytest.raises(BlindspotError, match=r"metadata\.jsonl names .*, which leads out of"):
        names(tmp_path / "photos")


def test_a_missing_file_in_the_metadata_is_named(tmp_path: Path) -> None:
    save(tmp_path / "a.png")
    (tmp_path / "metadata.jsonl").write_text('{"file_name": "gone.png"}\n')
    with pytest.raises(BlindspotError, match=r"metadata\.jsonl names gone\.png, which is missing"):
        names(tmp_path)


@pytest.mark.parametrize("text", ["{", "[]", '{"image_id": "a"}', '"a"', '{"file_name": 3}'])
def test_broken_metadata_is_named(text: str, tmp_path: Path) -> None:
    save(tmp_path / "a.png")
    (tmp_path / "metadata.jsonl").write_text(text)
    with pytest.raises(BlindspotError, match=r"metadata\.jsonl cannot be read"):
        names(tmp_path)


def test_a_file_named_twice_is_refused(tmp_path: Path) -> None:
    save(tmp_path / "a.png")
    (tmp_path / "metadata.jsonl").write_text('{"file_name": "a.png"}\n{"file_name": "./a.png"}\n')
    with pytest.raises(BlindspotError, match="names a file twice"):
        names(tmp_path)


@pytest.mark.parametrize("scene", ["nonsense", [1], '[{"row": 9}]'])
def test_a_broken_scene_is_named(scene: object, tmp_path: Path) -> None:
    save(tmp_path / "a.png")
    (tmp_path / "metadata.jsonl").write_text(json.dumps({"file_name": "a.png", "scene": scene}))
    with pytest.raises(BlindspotError, match=r"the scene of a\.png cannot be read"):
        names(tmp_path)


def test_an_empty_or_absent_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(BlindspotError, match="has no images"):
        names(tmp_path)
    with pytest.raises(BlindspotError, match="gone does not exist"):
        names(tmp_path / "gone")
