"""The pictures that the pages of an analysis show."""

import base64
import io
import socket
from pathlib import Path

import pytest
from PIL import Image

from blindspot.analysis.pictures import write_shown


def encoded(size: tuple[int, int] = (200, 100), kind: str = "JPEG", mode: str = "RGB") -> bytes:
    buffer = io.BytesIO()
    Image.new(mode, size, "red" if mode in ("RGB", "RGBA") else 1).save(buffer, kind)
    return buffer.getvalue()


def test_paths_data_uris_base64_and_bytes_are_written(tmp_path: Path) -> None:
    data = encoded()
    (tmp_path / "a.jpg").write_bytes(data)
    text = base64.b64encode(data).decode()
    lines = "\n".join(text[start : start + 76] for start in range(0, len(text), 76))
    values: list[str | bytes | None] = [str(tmp_path / "a.jpg"), f"data:image/jpeg;base64,{text}", text, lines, data]
    shown = write_shown(values, tmp_path / "reports/images")
    assert [*shown.addresses] == values and shown.unread == 0
    [address] = {*shown.addresses.values()}  # the same picture
    with Image.open(tmp_path / "reports" / address) as picture:
        assert picture.size == (200, 100) and picture.format == "JPEG"


def test_no_picture_no_folder(tmp_path: Path) -> None:
    assert write_shown([None, "", b""], tmp_path / "images") == ({}, 0)
    assert [*tmp_path.iterdir()] == []


def test_a_url_is_never_opened(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.3)
        address = f"http://127.0.0.1:{server.getsockname()[1]}/a.jpg"
        assert write_shown([address, "https://example.org/b.png", "s3://b/c.png"], tmp_path / "images") == ({}, 3)
        with pytest.raises(TimeoutError):
            server.accept()


BROKEN = {
    "empty": b" ",
    "text": b"not a picture",
    "cut": encoded()[:300],
    "png": encoded(kind="PNG")[:60],
    "postscript": b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 100 100\nshowpage\n",
    "svg": b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>',
    "many pixels": b"P6 60000 60000 255\n",
}


@pytest.mark.parametrize("data", BROKEN.values(), ids=BROKEN)
def test_a_broken_picture_is_counted(data: bytes, tmp_path: Path) -> None:
    assert write_shown([data, encoded()], tmp_path / "images").unread == 1
    (tmp_path / "a").write_bytes(data)
    assert write_shown([str(tmp_path / "a"), base64.b64encode(data).decode()], tmp_path / "more").unread == 2


@pytest.mark.parametrize(
    "value",
    [
        "nothere.jpg",
        "a\0b",
        "x" * 3000,
        "y" * 9000,
        "data:",
        "data:image/png;base64,%%%",
        "/dev/zero",
        "/tmp",
        "\ud800",
    ],
)
def test_a_value_that_is_no_picture_is_counted(value: str, tmp_path: Path) -> None:
    assert write_shown([value], tmp_path / "images") == ({}, 1)


def test_a_large_picture_is_shrunk_and_a_small_one_kept_exactly(tmp_path: Path) -> None:
    large, small = encoded((4000, 3000)), encoded((40, 30), "PNG")
    shown = write_shown([large, small], tmp_path / "images")
    sizes = []
    for address in shown.addresses.values():
        with Image.open(tmp_path / address) as picture:
            sizes.append((picture.format, picture.size))
    assert sizes == [("JPEG", (512, 384)), ("PNG", (40, 30))]


def test_pictures_are_upright_and_transparency_is_white(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # turned by 90 degrees
    Image.new("RGB", (200, 100)).save(tmp_path / "turned.jpg", exif=exif)
    Image.new("RGBA", (50, 50), (0, 0, 0, 0)).save(tmp_path / "clear.png")
    shown = write_shown([str(tmp_path / "turned.jpg"), str(tmp_path / "clear.png")], tmp_path / "images")
    turned, clear = shown.addresses.values()
    with Image.open(tmp_path / turned) as picture:
        assert picture.size == (100, 200)
    with Image.open(tmp_path / clear) as picture:
        assert picture.getpixel((5, 5)) == (255, 255, 255)
