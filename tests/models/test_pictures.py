from pathlib import Path

import pytest
from PIL import Image as Pictures

from blindspot.errors import BlindspotError
from blindspot.models import pictures
from blindspot.models.pictures import pixels, read_picture


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
