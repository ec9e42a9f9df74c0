"""Near-duplicates are in the same split, and added images do not move others."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL.Image import Image as Picture

from blindspot.images.splitting import ORDER, place, split_at, split_by_count, split_by_likeness, split_groups
from tests.images.photographs import NAMES, photograph, unlike

SHARES = {"train": 2, "validation": 1, "test": 1}


def save(folder: Path, **pictures: Picture) -> list[Path]:
    for name, picture in pictures.items():
        picture.save(folder / f"{name}.png")
    return [folder / f"{name}.png" for name in pictures]


def variants(picture: Picture) -> dict[str, Picture]:
    """Near-duplicates of a photograph: smaller, compressed, brighter, grey, cropped."""
    width, height = picture.size
    return {
        "copy": picture.copy(),
        "half": picture.resize((width // 2, height // 2)),
        "few_colours": picture.quantize(128).convert("RGB"),
        "brighter": picture.point(lambda value: min(255, int(value * 1.1))),
        "grey": picture.convert("L").convert("RGB"),
        "cut": picture.crop((width // 100, height // 100, width - width // 100, height - height // 100)),
    }


def test_near_duplicates_are_in_one_split_and_name_the_first(tmp_path: Path) -> None:
    files = []
    for name in NAMES:
        stem = name.split(".")[0]
        files += save(tmp_path, **{f"{stem}-{key}": one for key, one in variants(photograph(name)).items()})
    found = dict(zip([file.stem for file in files], split_by_likeness(files, SHARES), strict=True))
    for name in NAMES:
        stem = name.split(".")[0]
        places = {key: value for key, value in found.items() if key.startswith(stem)}
        assert len(places) == 6 and len({split for split, _ in places.values()}) == 1
        first = min(places)
        assert all(of == (None if key == first else first) for key, (_, of) in places.items())


def test_different_photographs_are_not_duplicates(tmp_path: Path) -> None:
    files = save(tmp_path, **{name.split(".")[0]: photograph(name) for name in NAMES})
    assert [of for _, of in split_by_likeness(files, SHARES)] == [None] * len(NAMES)


def test_with_a_difference_of_zero_only_the_same_pixels_are_duplicates(tmp_path: Path) -> None:
    picture = photograph("coffee.png")
    files = save(tmp_path, a=picture, b=picture, c=picture.resize((300, 200)))
    assert [of for _, of in split_by_likeness(files, SHARES, 0)] == [None, "a", None]
    assert [of for _, of in split_by_likeness(files, SHARES)] == [None, "a", "a"]


def test_names_copies_and_other_images_do_not_move_an_image(tmp_path: Path) -> None:
    pictures = [unlike(number) for number in range(30)]
    before = split_by_likeness(save(tmp_path, **{f"b{n:02d}": one for n, one in enumerate(pictures)}), SHARES)
    renamed = {f"c{n:02d}": one for n, one in enumerate(pictures)}
    copies, others = (
        {f"a{n:02d}": one for n, one in enumerate(pictures)},
        {f"x{n}": unlike(n) for n in range(100, 130)},
    )
    after = split_by_likeness(save(tmp_path, **renamed, **copies, **others), SHARES)
    assert [split for split, _ in before] == [split for split, _ in after[:30]] == [split for split, _ in after[30:60]]
    assert [of for _, of in after[:30]] == [f"a{n:02d}" for n in range(30)] and after[30][1] is None


@given(st.lists(st.integers(0, 30), min_size=20, max_size=40), st.lists(st.integers(0, 60), max_size=8))
def test_added_images_move_only_near_duplicates_and_only_towards_train(groups: list[int], added: list[int]) -> None:
    before, after = splits_of(groups), splits_of([*groups, *added])
    for group, former, latter in zip(groups, before, after[: len(groups)], strict=True):
        assert former == latter or group in added
        assert ORDER.index(latter) >= ORDER.index(former)
    by_group = dict(zip([*groups, *added], after, strict=True))
    assert [by_group[group] for group in [*groups, *added]] == after


def splits_of(groups: list[int]) -> list[str]:
    """The splits of images of these groups; each image has pixels of its own. Three other images fill each split."""
    first = {split_at(place(f"filler {number}"), SHARES): f"filler {number}" for number in range(20)}
    digests = [*first.values(), *(f"{number} {group}" for number, group in enumerate(groups))]
    assert set(first) == set(ORDER)
    return split_groups([-1, -2, -3, *groups], digests, SHARES)[3:]


@pytest.mark.parametrize("count", [3, 4, 6, 12])
def test_a_split_that_would_be_empty_gets_an_image(count: int, tmp_path: Path) -> None:
    shares = {"train": 2000, "validation": 1, "test": 1}
    files = save(tmp_path, **{f"p{number}": unlike(number) for number in range(count)})
    splits = [split for split, _ in split_by_likeness(files, shares)]
    assert set(splits) == set(ORDER) and splits.count("train") == count - 2


def test_copies_of_two_pictures_fill_two_splits(tmp_path: Path) -> None:
    files = save(tmp_path, **{f"p{number}": unlike(number % 2) for number in range(8)})
    assert len({split for split, _ in split_by_likeness(files, SHARES)}) <= 2


def test_splits_have_the_requested_shares() -> None:
    """Fails for another uniform hash with probability 3.4e-3 (binomial of 10,000 at 0.6, 0.1 and 0.3)."""
    shares = {"train": 6, "validation": 1, "test": 3}
    found = [split_at(place(str(number)), shares) for number in range(10_000)]
    for split, share in (("train", 0.6), ("validation", 0.1), ("test", 0.3)):
        assert abs(found.count(split) / 10_000 - share) < 0.015


def test_split_by_count_needs_exactly_as_many_images_as_the_shares() -> None:
    files = [Path(f"{number}.png") for number in range(4)]
    assert [split for split, _ in split_by_count(files, SHARES)] == ["test", "validation", "train", "train"]
    with pytest.raises(ValueError, match="shorter"):
        split_by_count(files[:3], SHARES)
