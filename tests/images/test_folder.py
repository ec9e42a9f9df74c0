"""A folder of images, with and without metadata."""

import json
import os
import socket
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


def test_a_file_named_twice_has_the_first_row(tmp_path: Path) -> None:
    save(tmp_path / "a.png")
    rows = '{"file_name": "a.png", "image_id": "x"}\n{"file_name": "./a.png", "image_id": "y"}\n'
    (tmp_path / "metadata.jsonl").write_text(rows)
    source = FolderSource(tmp_path, 1024)
    assert [image.image_id for image in source.images()] == ["x"]
    assert "that name a file again: 1 (a.png); the first is used" in source.notes[0]


@pytest.mark.parametrize("scene", ["nonsense", [1], '[{"row": 9}]', 7])
def test_an_image_with_a_broken_scene_is_unreadable(scene: object, tmp_path: Path) -> None:
    save(tmp_path / "a.png")
    (tmp_path / "metadata.jsonl").write_text(json.dumps({"file_name": "a.png", "scene": scene}))
    (image,) = FolderSource(tmp_path, 1024).images()
    with pytest.raises(UnreadableImage, match=r"has a scene that cannot be read"):
        image.open()


def test_metadata_of_folders_below_is_read(tmp_path: Path) -> None:
    for name in ("train/a.png", "train/in/b.png", "c.png"):
        save(tmp_path / name)
    (tmp_path / "train" / "metadata.jsonl").write_text(
        '{"file_name": "a.png", "image_id": "first"}\n{"file_name": "in/b.png", "image_id": "outer"}\n'
    )
    (tmp_path / "train" / "in" / "metadata.csv").write_text("file_name,image_id\nb.png,inner\n")
    assert names(tmp_path)[1:] == ["first", "inner"]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
@pytest.mark.parametrize("kind", ["jsonl", "csv"])
def test_metadata_may_begin_with_a_byte_order_mark(kind: str, encoding: str, tmp_path: Path) -> None:
    save(tmp_path / "é.png")
    text = '{"file_name": "é.png", "image_id": "first"}\n' if kind == "jsonl" else "file_name,image_id\né.png,first\n"
    (tmp_path / f"metadata.{kind}").write_text(text, encoding=encoding)
    assert names(tmp_path) == ["first"]


def test_one_bad_row_of_the_metadata_is_named_and_the_rest_is_read(tmp_path: Path) -> None:
    for name in ("a.png", "b.png", "c.png", "d.png"):
        save(tmp_path / name)
    rows = [json.dumps({"file_name": f"{name}.png", "image_id": name}) for name in "abcd"]
    rows[1:1] = ["{broken", json.dumps({"file_name": "gone.png"}), "[" * 100_000]
    (tmp_path / "metadata.jsonl").write_text("\n".join(rows))
    images = {image.image_id: image for image in FolderSource(tmp_path, 1024).images()}
    assert [*images][:4] == ["a", "b", "c", "d"] and len(images) == 7
    for image, line, why in zip([*images.values()][4:], (2, 3, 4), ("not valid JSON", "missing", "JSON"), strict=True):
        assert f"line {line} of metadata.jsonl" in image.name
        with pytest.raises(UnreadableImage, match=why):
            image.open()


@pytest.mark.parametrize("suffix", ["nef", "CR2", "dng", "jxl", "svg"])
def test_pictures_in_formats_that_are_not_read_are_named(suffix: str, tmp_path: Path) -> None:
    save(tmp_path / "a.png")
    (tmp_path / f"b.{suffix}").write_bytes(b"raw")
    _, image = FolderSource(tmp_path, 1024).images()
    assert image.name == str(tmp_path / f"b.{suffix}")
    with pytest.raises(UnreadableImage, match=rf"is in a format that is not read \(\.{suffix}\)"):
        image.open()


def test_films_documents_and_data_are_ignored_and_counted(tmp_path: Path) -> None:
    save(tmp_path / "a.png")
    for name in ("clip.mpg", "clip.mp4", "paper.pdf", "embeddings.h5", "notes.docx", "sound.mp3", "weather.grib"):
        (tmp_path / name).write_bytes(b"0" * 100)
    source = FolderSource(tmp_path, 1024)
    assert len([*source.images()]) == 1
    assert source.notes[0].startswith("other files ignored: 7 (1 .")


def test_a_pipe_and_a_socket_are_unreadable(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    save(tmp_path / "a.png")
    os.mkfifo(tmp_path / "b.png")
    monkeypatch.chdir(tmp_path)  # the path of a socket is short
    with socket.socket(socket.AF_UNIX) as server:
        server.bind("c.png")
        _, *odd = FolderSource(tmp_path, 1024).images()
        for image in odd:
            with pytest.raises(UnreadableImage, match="is not a regular file"):
                image.open()
    assert len(odd) == 2


def test_a_name_that_is_not_utf8_is_read_and_shown_escaped(tmp_path: Path) -> None:
    save(tmp_path / "a.png")
    os.rename(tmp_path / "a.png", os.fsencode(tmp_path) + b"/caf\xe9.png")
    (image,) = FolderSource(tmp_path, 1024).images()
    assert image.name == f"{tmp_path}/caf\\xe9.png" and image.open().size == (12, 8)
    image.image_id.encode()


def test_a_path_longer_than_the_system_allows_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    save(tmp_path / "a.png")
    monkeypatch.chdir(tmp_path)
    for _ in range(25):
        os.mkdir("d" * 200)
        os.chdir("d" * 200)
    Image.new("RGB", (12, 8)).save("b.png")
    first, deep = FolderSource(tmp_path, 1024).images()
    assert first.open().size == (12, 8) and deep.name.startswith(f"{tmp_path}/{'d' * 200}/")
    with pytest.raises(UnreadableImage, match="File name too long"):
        deep.open()
    monkeypatch.chdir(tmp_path)


def test_ids_that_differ_only_in_case_are_told_apart_and_the_same_id_is_named(tmp_path: Path) -> None:
    rows = [{"file_name": f"{n}.png", "image_id": one} for n, one in enumerate(("a", "A", "a", "b"))]
    for row in rows:
        save(tmp_path / row["file_name"])
    (tmp_path / "metadata.jsonl").write_text("\n".join(json.dumps(row) for row in rows))
    source = FolderSource(tmp_path, 1024)
    images = [*source.images()]
    assert len({image.image_id.lower() for image in images}) == 4
    assert [images[0].image_id, images[3].image_id] == ["a", "b"] and images[1].image_id.startswith("A-")
    assert source.notes == [
        "image ids changed: 1, because they are no valid file names, or differ from others in case only; "
        f"for example A to {images[1].image_id}"
    ]
    with pytest.raises(UnreadableImage, match=r"has the image id a, as .*0\.png has"):
        images[2].open()


def test_an_empty_or_absent_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(BlindspotError, match="has no images"):
        names(tmp_path)
    with pytest.raises(BlindspotError, match="gone does not exist"):
        names(tmp_path / "gone")
