"""Near-duplicates are found among similar pictures."""

from collections.abc import Callable
from pathlib import Path

import pytest
from PIL.Image import Image as Picture

from blindspot.images.likeness import near_duplicates
from blindspot.images.splitting import MAX_DIFFERENCE, split_by_likeness
from tests.images.drawings import KINDS, different, meter, page, screen


def save(folder: Path, pictures: list[Picture]) -> list[Path]:
    files = [folder / f"{number:03d}.png" for number in range(len(pictures))]
    for file, picture in zip(files, pictures, strict=True):
        picture.save(file)
    return files


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_different_pictures_of_one_kind_are_not_grouped(kind: Callable[..., Picture], tmp_path: Path) -> None:
    files = save(tmp_path, different(kind, 20))
    groups, _ = near_duplicates(files, MAX_DIFFERENCE)
    assert len(files) >= 8 and len(set(groups)) == len(files)


def test_copies_are_found_among_many_similar_pictures(tmp_path: Path) -> None:
    pictures = [*different(screen, 20), *different(page, 20)]
    copies = [picture.resize((picture.width * 3 // 4, picture.height * 3 // 4)) for picture in pictures]
    groups, _ = near_duplicates(save(tmp_path, pictures + copies), MAX_DIFFERENCE)
    assert groups[:40] == groups[40:] and len(set(groups)) == 40


def test_groups_do_not_depend_on_the_order_or_the_names(tmp_path: Path) -> None:
    pictures = different(meter, 12)
    files = save(tmp_path, pictures + [picture.resize((240, 90)) for picture in pictures[:6]])
    groups, digests = near_duplicates(files, MAX_DIFFERENCE)
    backwards, digests_backwards = near_duplicates(files[::-1], MAX_DIFFERENCE)
    assert groups == backwards[::-1] and digests == digests_backwards[::-1]
    assert groups[:6] == groups[12:]


def test_similar_pictures_are_in_all_splits(tmp_path: Path) -> None:
    """Fails for another uniform hash with probability 6e-3 (binomial of 60 for each split)."""
    shares = {"train": 2000, "validation": 256, "test": 600}
    splits = [split for split, _ in split_by_likeness(save(tmp_path, different(meter, 60)), shares)]
    assert splits.count("test") >= 5 and splits.count("train") >= 25 and "validation" in splits
