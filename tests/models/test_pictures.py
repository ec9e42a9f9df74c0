import base64
import io
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from cachetools import LRUCache
from PIL import Image as Pictures

from blindspot.errors import BlindspotError
from blindspot.models import pictures
from blindspot.models.pictures import data_url, pixels, read_picture


def cached() -> LRUCache[Any, Any]:
    assert isinstance(read_picture.cache, LRUCache)
    return read_picture.cache


def test_the_cache_of_images_is_limited(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cache = cached()
    cache.clear()
    for number in range(30):
        path = tmp_path / f"{number}.png"
        Pictures.new("RGB", (2048, 2048), (number, 0, 0)).save(path, compress_level=1)
        assert read_picture(path).getpixel((0, 0)) == (number, 0, 0)
    assert 20 <= len(cache) <= 21 and cache.currsize <= pictures.KEPT
    cache.clear()


@pytest.mark.filterwarnings("ignore:Image size")
def test_an_image_larger_than_the_cache_is_read_but_not_cached(tmp_path: Path) -> None:
    path = tmp_path / "wide.png"
    Pictures.new("RGB", (10000, 9000)).save(path, compress_level=1)
    assert read_picture(path).size == (10000, 9000) and pixels(path) == 90_000_000
    assert len(cached()) == 0


def test_a_corrupt_image_is_named(tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    path.write_bytes(b"\x89PNG rubbish")
    with pytest.raises(BlindspotError, match=r"a\.png cannot be read"):
        read_picture(path)


@pytest.fixture(scope="module")
def noise(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An image that compresses poorly: a PNG file of 12 MB."""
    path = tmp_path_factory.mktemp("pictures") / "noise.png"
    pixels = np.random.default_rng(1).integers(0, 256, (2048, 2048, 3), dtype=np.uint8)
    Pictures.fromarray(pixels).save(path, compress_level=1)
    return path


def decoded(url: str) -> bytes:
    return base64.b64decode(url.partition(",")[2])


@pytest.mark.parametrize("max_bytes", [4_500_000, 1_000_000])
def test_a_large_image_is_reduced_to_the_allowed_bytes(noise: Path, max_bytes: int) -> None:
    assert noise.stat().st_size > 4_500_000
    url = data_url(noise, max_bytes)
    content = decoded(url)
    assert url.startswith("data:image/jpeg;") and max_bytes / 3 < len(content) <= max_bytes
    with Pictures.open(io.BytesIO(content)) as sent:
        assert sent.width == sent.height > 500
    assert data_url(noise, max_bytes) == url  # always the same bytes: they are part of the key of a request


def test_an_image_that_fits_is_sent_unchanged(tmp_path: Path) -> None:
    path = tmp_path / "red.png"
    Pictures.new("RGB", (64, 64), "red").save(path)
    assert decoded(data_url(path, path.stat().st_size)) == path.read_bytes()
    assert data_url(path, path.stat().st_size).startswith("data:image/png;")


def test_a_thin_transparent_image_is_reduced_too(tmp_path: Path) -> None:
    path = tmp_path / "thin.png"
    pixels = np.random.default_rng(1).integers(0, 256, (4, 4000, 4), dtype=np.uint8)
    Pictures.fromarray(pixels, "RGBA").save(path)
    content = decoded(data_url(path, 5000))
    with Pictures.open(io.BytesIO(content)) as sent:
        assert len(content) <= 5000 and sent.width > sent.height >= 1


def test_a_missing_image_is_named(tmp_path: Path) -> None:
    with pytest.raises(BlindspotError, match=r"gone\.png cannot be read"):
        data_url(tmp_path / "gone.png", 1000)
