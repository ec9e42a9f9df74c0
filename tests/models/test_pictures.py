import base64
import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image as Pictures

from blindspot.errors import BlindspotError
from blindspot.models import pictures
from blindspot.models.pictures import data_url, pixels, read_picture


def test_large_pictures_are_not_all_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cache = read_picture.cache
    cache.clear()
    for number in range(30):
        path = tmp_path / f"{number}.png"
        Pictures.new("RGB", (2048, 2048), (number, 0, 0)).save(path, compress_level=1)
        assert read_picture(path).getpixel((0, 0)) == (number, 0, 0)
    assert 20 <= len(cache) <= 21 and cache.currsize <= pictures.KEPT
    cache.clear()


@pytest.mark.filterwarnings("ignore:Image size")
def test_a_picture_that_alone_is_too_large_is_read_and_not_kept(tmp_path: Path) -> None:
    path = tmp_path / "wide.png"
    Pictures.new("RGB", (10000, 9000)).save(path, compress_level=1)
    assert read_picture(path).size == (10000, 9000) and pixels(path) == 90_000_000
    assert len(read_picture.cache) == 0


def test_a_corrupt_image_is_named(tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    path.write_bytes(b"\x89PNG rubbish")
    with pytest.raises(BlindspotError, match=r"a\.png cannot be read"):
        read_picture(path)


@pytest.fixture(scope="module")
def noise(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A photograph that compresses badly: PNG of 12 MB."""
    path = tmp_path_factory.mktemp("pictures") / "noise.png"
    pixels = np.random.default_rng(1).integers(0, 256, (2048, 2048, 3), dtype=np.uint8)
    Pictures.fromarray(pixels).save(path, compress_level=1)
    return path


def decoded(url: str) -> bytes:
    return base64.b64decode(url.partition(",")[2])


@pytest.mark.parametrize("most", [4_500_000, 1_000_000])
def test_a_large_noisy_picture_fits_into_the_bytes_that_a_server_takes(noise: Path, most: int) -> None:
    assert noise.stat().st_size > 4_500_000
    url = data_url(noise, most)
    content = decoded(url)
    assert url.startswith("data:image/jpeg;") and most / 3 < len(content) <= most
    with Pictures.open(io.BytesIO(content)) as sent:
        assert sent.width == sent.height > 500
    assert data_url(noise, most) == url  # the same bytes each time: they are part of a request's key


def test_a_picture_that_fits_is_sent_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "red.png"
    Pictures.new("RGB", (64, 64), "red").save(path)
    assert decoded(data_url(path, path.stat().st_size)) == path.read_bytes()
    assert data_url(path, path.stat().st_size).startswith("data:image/png;")


def test_a_thin_picture_with_transparency_fits_too(tmp_path: Path) -> None:
    path = tmp_path / "thin.png"
    pixels = np.random.default_rng(1).integers(0, 256, (4, 4000, 4), dtype=np.uint8)
    Pictures.fromarray(pixels, "RGBA").save(path)
    content = decoded(data_url(path, 5000))
    with Pictures.open(io.BytesIO(content)) as sent:
        assert len(content) <= 5000 and sent.width > sent.height >= 1


def test_a_picture_that_is_missing_is_named(tmp_path: Path) -> None:
    with pytest.raises(BlindspotError, match=r"gone\.png cannot be read"):
        data_url(tmp_path / "gone.png", 1000)
