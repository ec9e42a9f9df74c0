"""A folder of images, good and bad, with real files of many formats."""

import io
import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from blindspot.errors import BlindspotError
from blindspot.images.folder import FolderSource
from blindspot.scenes.scene import Scene, Thing

SCENE = Scene((Thing(0, 0, "small", "red", "star"),)).to_json()


def save(path: Path, colour: object = (200, 30, 30), mode: str = "RGB", **options: object) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new(mode, (12, 8), colour).save(path, **options)  # type: ignore[arg-type]
    return path


def names(folder: Path) -> list[str]:
    return [name for name, _, _ in FolderSource(folder).images()]


@pytest.mark.parametrize("suffix", ["png", "jpg", "JPEG", "bmp", "gif", "webp", "tiff", "ppm"])
def test_every_common_format_becomes_rgb(suffix: str, tmp_path: Path) -> None:
    save(tmp_path / f"a.{suffix}")
    ((_, picture, scene),) = FolderSource(tmp_path).images()
    assert (picture.mode, picture.size, scene) == ("RGB", (12, 8), None)
    assert np.allclose(np.asarray(picture)[4, 6], (200, 30, 30), atol=6)


def test_a_photo_is_turned_upright(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # to be turned by a quarter
    save(tmp_path / "a.jpg", exif=exif)
    ((_, picture, _),) = FolderSource(tmp_path).images()
    assert picture.size == (8, 12)


@pytest.mark.parametrize(
    ("mode", "colour", "seen"),
    [
        ("RGBA", (10, 20, 30, 0), (255, 255, 255)),
        ("LA", (0, 0), (255, 255, 255)),
        ("L", 77, (77, 77, 77)),
        ("I;16", 0x8000, (128, 128, 128)),
        ("1", 1, (255, 255, 255)),
    ],
)
def test_other_modes_keep_what_one_sees(mode: str, colour: object, seen: tuple[int, int, int], tmp_path: Path) -> None:
    save(tmp_path / "a.png", colour, mode)
    ((_, picture, _),) = FolderSource(tmp_path).images()
    assert picture.getpixel((3, 3)) == seen


def test_ids_are_safe_unique_and_stay_when_images_are_added(tmp_path: Path) -> None:
    for name in ("b/été 1.png", "b/été 1.jpg", "cat.png", "..odd..png", "x" * 90 + ".png"):
        save(tmp_path / name)
    before = names(tmp_path)
    assert len(set(before)) == 4  # a name that starts with a dot is hidden
    assert all(name.replace("-", "").isalnum() and name.isascii() and len(name) < 60 for name in before)
    save(tmp_path / "a.png")
    save(tmp_path / "cat.jpg")
    assert set(before) < set(names(tmp_path))


def test_metadata_gives_ids_and_scenes_and_the_rest_keeps_its_own(tmp_path: Path) -> None:
    save(tmp_path / "in" / "a.png")
    save(tmp_path / "b.png")
    row = {"file_name": "in/a.png", "image_id": 17, "scene": SCENE}
    (tmp_path / "metadata.jsonl").write_text(json.dumps(row) + "\n\n")
    rows = [(name, scene) for name, _, scene in FolderSource(tmp_path).images()]
    assert rows[1] == ("17", SCENE)
    assert rows[0][0].startswith("b-") and rows[0][1] is None


def test_metadata_may_be_csv(tmp_path: Path) -> None:
    save(tmp_path / "a.png")
    (tmp_path / "metadata.csv").write_text("file_name,image_id\na.png,007\n")
    assert names(tmp_path) == ["007"]


def test_other_files_are_passed_over(tmp_path: Path) -> None:
    save(tmp_path / "a.png")
    save(tmp_path / ".thumbnails" / "a.png")
    (tmp_path / "readme.txt").write_text("hello")
    (tmp_path / ".DS_Store").write_bytes(b"\0")
    assert len(names(tmp_path)) == 1


def png_bytes() -> bytes:
    out = io.BytesIO()
    Image.effect_noise((64, 64), 50).save(out, "PNG")
    return out.getvalue()


BAD = {
    "empty": b"",
    "truncated": png_bytes()[:-900],
    "bits flipped": png_bytes()[:60] + b"\xff" * 40 + png_bytes()[100:],
    "text": b"this is no image",
    "header only": png_bytes()[:20],
}


@pytest.mark.parametrize("kind", BAD)
@pytest.mark.parametrize("suffix", ["png", "jpg", "gif"])
def test_a_bad_file_is_named_with_its_mend(kind: str, suffix: str, tmp_path: Path) -> None:
    save(tmp_path / "a.png")
    (tmp_path / f"bad.{suffix}").write_bytes(BAD[kind])
    with pytest.raises(BlindspotError, match=rf"image {tmp_path}/bad\.{suffix} .*: replace or remove the file"):
        names(tmp_path)


def test_a_missing_file_of_the_metadata_is_named(tmp_path: Path) -> None:
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
    with pytest.raises(BlindspotError, match="has no image"):
        names(tmp_path)
    with pytest.raises(BlindspotError, match="gone is not there"):
        names(tmp_path / "gone")
