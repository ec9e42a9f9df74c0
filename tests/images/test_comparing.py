"""The difference of copies is small, and that of different pictures of one kind is large."""

from collections.abc import Callable
from itertools import combinations
from pathlib import Path

import pytest
from PIL import Image
from PIL.Image import Image as Picture

from blindspot.images.comparing import Thumbnail, difference, thumbnail
from blindspot.images.splitting import MAX_DIFFERENCE
from tests.images.copies import COPIES
from tests.images.drawings import KINDS, different
from tests.images.photographs import NAMES, photograph


def read(folder: Path, picture: Picture) -> Thumbnail:
    picture.save(folder / "picture.png")
    return thumbnail(folder / "picture.png")


@pytest.mark.parametrize("name", COPIES)
def test_copies_of_photographs_differ_little(name: str, tmp_path: Path) -> None:
    for photo in NAMES:
        picture = photograph(photo)
        one, copy = read(tmp_path, picture), read(tmp_path, COPIES[name](picture))
        assert difference(one, copy) < MAX_DIFFERENCE and difference(copy, one) < MAX_DIFFERENCE


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_different_pictures_of_a_kind_differ_much(kind: Callable[..., Picture], tmp_path: Path) -> None:
    thumbnails = [read(tmp_path, picture) for picture in different(kind, 8)]
    assert len(thumbnails) == 8
    for one, other in combinations(thumbnails, 2):
        assert difference(one, other) > MAX_DIFFERENCE


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_compressed_and_smaller_copies_of_drawings_differ_little(kind: Callable[..., Picture], tmp_path: Path) -> None:
    (picture,) = different(kind, 1)
    one = read(tmp_path, picture)
    for name in ("JPEG, quality 60", "JPEG, quality 90", "size × 0.5", "size × 2", "1% of each border cut off"):
        assert difference(one, read(tmp_path, COPIES[name](picture))) < MAX_DIFFERENCE


def test_different_photographs_differ_much(tmp_path: Path) -> None:
    for one, other in combinations([read(tmp_path, photograph(name)) for name in NAMES], 2):
        assert difference(one, other) > 1


@pytest.mark.parametrize("size", [(2, 2), (3, 500), (16, 16), (130, 40)])
def test_plain_and_small_pictures_are_compared(size: tuple[int, int], tmp_path: Path) -> None:
    red, other_red, blue = (read(tmp_path, Image.new("RGB", size, one)) for one in ("red", "#f80000", "blue"))
    assert difference(red, other_red) < MAX_DIFFERENCE < difference(red, blue)
    assert difference(red, red) == 0
