"""Unusual image files: read as a viewer shows them, or refused with a reason."""

import io
import struct
import zlib
from pathlib import Path
from typing import Any

import numpy as np
import pillow_heif
import pytest
from PIL import Image
from PIL.Image import Image as Picture

from blindspot.errors import UnreadableImage
from blindspot.images.folder import FolderSource
from blindspot.images.reading import read_picture
from tests.images.photographs import FOLDER, photograph

Colour = tuple[float, ...] | float


def encoded(picture: Picture, kind: str, **options: Any) -> bytes:
    out = io.BytesIO()
    picture.save(out, kind, **options)
    return out.getvalue()


def plain(colour: Colour | str = (200, 30, 30), mode: str = "RGB") -> Picture:
    return Image.new(mode, (12, 8), colour)


def close(pixel: Colour | None, colour: tuple[int, ...], tolerance: float) -> bool:
    """Whether each band of the pixel differs by at most the tolerance."""
    return np.allclose(np.asarray(pixel, dtype=float), colour, atol=tolerance)


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "BMP", "GIF", "WEBP", "TIFF", "PPM", "AVIF", "JPEG2000"])
def test_every_common_format_becomes_rgb(kind: str) -> None:
    picture = read_picture(encoded(plain(), kind), 1024)
    assert (picture.mode, picture.size) == ("RGB", (12, 8))
    assert np.allclose(np.asarray(picture)[4, 6], (200, 30, 30), atol=6)


def test_a_file_and_its_bytes_give_the_same_picture() -> None:
    file = FOLDER / "rocket.jpg"
    assert read_picture(file, 1024).tobytes() == read_picture(file.read_bytes(), 1024).tobytes()


@pytest.mark.parametrize(("orientation", "corner"), [(1, (0, 0)), (3, (11, 7)), (6, (7, 0)), (8, (0, 11))])
def test_a_photo_is_turned_upright(orientation: int, corner: tuple[int, int]) -> None:
    picture, exif = plain("black"), Image.Exif()
    picture.putpixel((0, 0), (255, 255, 255))
    exif[0x0112] = orientation
    seen = read_picture(encoded(picture, "PNG", exif=exif), 1024)
    assert seen.size == ((8, 12) if orientation in (6, 8) else (12, 8))
    assert seen.getpixel(corner) == (255, 255, 255)


@pytest.mark.parametrize(
    ("mode", "colour", "kind", "seen"),
    [
        ("RGBA", (10, 20, 30, 0), "PNG", (255, 255, 255)),
        ("RGBA", (200, 30, 30, 255), "WEBP", (200, 30, 30)),
        ("LA", (0, 0), "PNG", (255, 255, 255)),
        ("PA", (3, 0), "TIFF", (255, 255, 255)),
        ("L", 77, "PNG", (77, 77, 77)),
        ("I;16", 0x8000, "PNG", (128, 128, 128)),
        ("I;16", 0x8000, "TIFF", (128, 128, 128)),
        ("1", 1, "PNG", (255, 255, 255)),
        ("CMYK", (0, 255, 255, 0), "JPEG", (255, 0, 0)),
        ("CMYK", (0, 255, 255, 0), "TIFF", (255, 0, 0)),
        ("YCbCr", (76, 85, 255), "JPEG", (254, 0, 0)),
    ],
)
def test_other_modes_keep_their_colours(mode: str, colour: Colour, kind: str, seen: tuple[int, int, int]) -> None:
    picture = read_picture(encoded(plain(colour, mode), kind), 1024)
    assert picture.mode == "RGB"
    assert close(picture.getpixel((3, 3)), seen, 3)


def test_sixteen_bit_colour_keeps_its_brightness() -> None:
    rows = b"".join(b"\0" + struct.pack(">HHH", 0xC800, 0x1E00, 0x8000) * 4 for _ in range(3))
    read = read_picture(png(4, 3, 16, 2, zlib.compress(rows)), 1024)
    assert read.getpixel((1, 1)) == (200, 30, 128)


def png(width: int, height: int, depth: int, colour: int, data: bytes) -> bytes:
    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    header = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", data) + chunk(b"IEND", b"")


def test_heif_is_read_upright_and_with_its_colours(tmp_path: Path) -> None:
    picture, exif = plain(), Image.Exif()
    picture.paste((255, 255, 255), (0, 0, 4, 4))
    exif[0x0112] = 6
    for suffix in ("heic", "heif"):
        heif = pillow_heif.from_pillow(picture)
        heif.info["exif"] = exif.tobytes()
        heif.save(tmp_path / f"photo.{suffix}", quality=100, chroma=444)
        (image,) = FolderSource(tmp_path, 1024).images()
        seen = image.open()
        assert (seen.mode, seen.size) == ("RGB", (8, 12))
        assert close(seen.getpixel((1, 8)), (200, 30, 30), 8)
        assert close(seen.getpixel((6, 1)), (255, 255, 255), 8)
        (tmp_path / f"photo.{suffix}").unlink()


@pytest.mark.parametrize("damage", ["cut", "flipped", "header", "empty"])
def test_a_damaged_heif_is_unreadable(damage: str, tmp_path: Path) -> None:
    pillow_heif.from_pillow(Image.effect_noise((64, 64), 50).convert("RGB")).save(tmp_path / "a.heic")
    data = (tmp_path / "a.heic").read_bytes()
    damaged = {
        "cut": data[: len(data) // 2],
        "flipped": data[:40] + bytes(255 - byte for byte in data[40:400]) + data[400:],
        "header": data[:30],
        "empty": b"",
    }
    with pytest.raises(UnreadableImage, match=r"cannot be read|is empty"):
        read_picture(damaged[damage], 1024)


@pytest.mark.parametrize("size", [(1, 1), (1, 305), (305, 1), (2, 400), (30, 20_000), (2, 500), (101, 20_099)])
def test_a_picture_that_is_too_thin_is_refused(size: tuple[int, int]) -> None:
    with pytest.raises(UnreadableImage, match=r"is too thin \([\d,]+ × [\d,]+ pixels; models read"):
        read_picture(encoded(plain().resize(size), "PNG"), 1024)


@pytest.mark.parametrize("size", [(2, 2), (3, 3), (2, 398), (8, 900), (27, 257), (150, 20_000)])
def test_small_and_long_pictures_are_read_within_the_ratio(size: tuple[int, int]) -> None:
    seen = read_picture(encoded(plain().resize(size), "PNG"), 1024)
    assert max(seen.size) < 200 * min(seen.size) and max(seen.size) <= 1024


def test_postscript_is_not_run() -> None:
    with pytest.raises(UnreadableImage, match="not an image format"):
        read_picture(b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n%%EndComments\nshowpage\n", 64)


def test_a_file_of_many_gigabytes_is_refused_without_being_read(tmp_path: Path) -> None:
    with (tmp_path / "a.png").open("wb") as file:
        file.truncate(2**40)
    with pytest.raises(UnreadableImage, match="not an image format"):
        read_picture(tmp_path / "a.png", 64)


@pytest.mark.parametrize("kind", ["GIF", "PNG", "WEBP", "TIFF"])
def test_the_first_frame_of_an_animation_is_read(kind: str) -> None:
    frames = [plain(colour) for colour in ((200, 30, 30), (30, 200, 30), (30, 30, 200))]
    animation = encoded(frames[0], kind, save_all=True, append_images=frames[1:])
    assert Image.open(io.BytesIO(animation)).n_frames == 3  # type: ignore[attr-defined]
    assert close(read_picture(animation, 1024).getpixel((3, 3)), (200, 30, 30), 6)


def test_a_large_picture_is_scaled_down_and_a_small_one_is_not() -> None:
    file = FOLDER / "astronaut.png"
    picture = photograph("astronaut.png")
    assert read_picture(file, 128).size == (128, 128)
    assert read_picture(encoded(picture.crop((0, 0, 512, 256)), "PNG"), 128).size == (128, 64)
    assert read_picture(file, 512).tobytes() == picture.tobytes()


@pytest.mark.filterwarnings("error")
def test_a_picture_of_a_hundred_megapixels_is_read_and_one_that_claims_four_hundred_is_not() -> None:
    photo = encoded(Image.new("L", (10_000, 10_000), 99), "PNG")
    assert read_picture(photo, 64).getpixel((5, 5)) == (99, 99, 99)
    with pytest.raises(UnreadableImage, match="decompression bomb"):
        read_picture(png(20_000, 20_000, 8, 0, zlib.compress(b"\0" * 1000)), 64)


NOISE = encoded(Image.effect_noise((64, 64), 50), "PNG")
BAD = {
    "empty": (b"", r"is empty \(0 bytes\)"),
    "truncated": (NOISE[:-900], "truncated"),
    "bits flipped": (NOISE[:60] + b"\xff" * 40 + NOISE[100:], "cannot be read"),
    "text": (b"this is no image", "not an image format that Pillow reads"),
    "markup": (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "not an image format that Pillow reads"),
    "header only": (NOISE[:20], "cannot be read"),
    "half a jpeg": (FOLDER.joinpath("rocket.jpg").read_bytes()[:50_000], "truncated"),
    "32-bit": (encoded(plain(70_000, "I"), "TIFF"), r"has 32-bit pixels \(mode I\)"),
    "floats": (encoded(plain(0.5, "F"), "TIFF"), r"has 32-bit pixels \(mode F\)"),
}


@pytest.mark.parametrize("kind", BAD)
def test_an_invalid_file_is_refused_with_the_reason(kind: str) -> None:
    data, reason = BAD[kind]
    with pytest.raises(UnreadableImage, match=reason) as raised:
        read_picture(data, 1024)
    assert " at 0x" not in str(raised.value)


def test_a_damaged_file_costs_no_lines_of_pillows_log(caplog: pytest.LogCaptureFixture) -> None:
    samples = struct.pack("<HHI", 277, 3, 1)  # TIFF's tag for the samples per pixel
    damaged = encoded(plain(), "TIFF").replace(samples + struct.pack("<H", 3), samples + struct.pack("<H", 40_000))
    with pytest.raises(UnreadableImage):
        read_picture(damaged, 1024)
    assert not caplog.records


def test_a_missing_file_is_unreadable(tmp_path: Path) -> None:
    with pytest.raises(UnreadableImage, match=r"cannot be read \(No such file or directory\)"):
        read_picture(tmp_path / "gone.png", 1024)
