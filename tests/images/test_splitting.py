"""Near-duplicates are in the same split, and added images do not move others."""

from itertools import combinations
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL.Image import Image as Picture

from blindspot.images.splitting import NEAR, ORDER, near_groups, place, split_at, split_by_count, split_by_likeness
from tests.images.photographs import NAMES, photograph, unlike

SHARES = {"train": 2, "validation": 1, "test": 1}
HASHES = st.integers(0, 2**64 - 1)


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
        "few_colours": picture.quantize(64).convert("RGB"),
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


@given(st.lists(HASHES, min_size=1, max_size=12), st.lists(st.tuples(st.integers(0, 11), HASHES), max_size=6))
def test_added_images_move_only_near_duplicates_and_only_towards_train(
    hashes: list[int], added: list[tuple[int, int]]
) -> None:
    near = [hashes[of % len(hashes)] ^ (bits & 0x1010010000010001) for of, bits in added]  # up to 6 bits flipped
    before, after = splits_of(hashes), splits_of([*hashes, *near])
    whole = near_groups(np.array([*hashes, *near], dtype=np.uint64))
    joined = {whole[len(hashes) + number] for number in range(len(near))}
    for number, (former, latter) in enumerate(zip(before, after[: len(hashes)], strict=True)):
        assert former == latter or whole[number] in joined
        assert ORDER.index(latter) >= ORDER.index(former)
    for one, other in combinations(range(len(whole)), 2):
        assert whole[one] != whole[other] or after[one] == after[other]


def splits_of(hashes: list[int]) -> list[str]:
    """The splits that `split_by_likeness` assigns to images with these hashes."""
    groups = near_groups(np.array(hashes, dtype=np.uint64))
    places = [place(f"{bits:016x}") for bits in hashes]
    highest = {group: max(p for p, other in zip(places, groups, strict=True) if other == group) for group in groups}
    return [split_at(highest[group], SHARES) for group in groups]


@given(st.lists(HASHES, max_size=8), st.lists(st.tuples(st.integers(0, 7), st.sets(st.integers(0, 63), max_size=9))))
def test_groups_equal_those_of_comparing_all_pairs(hashes: list[int], edits: list[tuple[int, set[int]]]) -> None:
    for of, bits in edits[:20]:
        if hashes:
            hashes.append(hashes[of % len(hashes)] ^ sum(1 << bit for bit in bits))
    found = near_groups(np.array(hashes, dtype=np.uint64))
    expected = list(range(len(hashes)))
    for one, other in combinations(range(len(hashes)), 2):
        if (hashes[one] ^ hashes[other]).bit_count() <= NEAR:
            expected = [expected[one] if group == expected[other] else group for group in expected]
    for one, other in combinations(range(len(hashes)), 2):
        assert (found[one] == found[other]) == (expected[one] == expected[other])


def test_splits_have_the_requested_shares() -> None:
    shares = {"train": 6, "validation": 1, "test": 3}
    found = [split_at(place(str(number)), shares) for number in range(10_000)]
    for split, share in (("train", 0.6), ("validation", 0.1), ("test", 0.3)):
        assert abs(found.count(split) / 10_000 - share) < 0.015


def test_split_by_count_needs_exactly_as_many_images_as_the_shares() -> None:
    files = [Path(f"{number}.png") for number in range(4)]
    assert [split for split, _ in split_by_count(files, SHARES)] == ["test", "validation", "train", "train"]
    with pytest.raises(ValueError, match="shorter"):
        split_by_count(files[:3], SHARES)
