"""Assigns images to splits."""

import hashlib
from collections.abc import Mapping, Sequence
from itertools import chain, repeat
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from blindspot.records.image import SPLITS

BITS = 64  # length of a perceptual hash
#: Most bits in which near-duplicates differ. For 26 pictures of scikit-image, JPEGs of a third of the size differ from
#: the original in 0 to 4 bits (chessboards in 15), and pictures of different things in 20 or more.
NEAR = 7
ORDER = tuple(reversed(SPLITS))  # test first, so that more training images do not change it


def split_by_count(files: Sequence[Path], shares: Mapping[str, int]) -> list[tuple[str, str | None]]:
    """Assigns the given number of images to each split, in order. For images known to have no duplicates.

    Returns (split, None) for each file. Raises ValueError if the number of files is not the sum of the shares.
    """
    splits = chain.from_iterable(repeat(split, shares[split]) for split in ORDER)
    return [(split, None) for split, _ in zip(splits, files, strict=True)]


def split_by_likeness(files: Sequence[Path], shares: Mapping[str, int]) -> list[tuple[str, str | None]]:
    """Assigns images to splits by what they look like, in the proportions of `shares`.

    Returns for each file its split and the id of the image that it is a near-duplicate of, or None. An image's place
    is a hash of its perceptual hash, so it depends on the pixels only, not on the name or on other images.
    Near-duplicates, also indirect ones, form a group, and the highest place in a group decides its split (in the
    order test, validation, train). So an added image moves another only if the two are near-duplicates that would be
    in different splits, and then towards train: no training image ever moves to test. The smallest id in a group is
    the original, the others are its duplicates.
    """
    hashes = np.array([perceptual_hash(file) for file in files], dtype=np.uint64)
    groups = near_groups(hashes)
    first: dict[int, str] = {}
    highest: dict[int, float] = {}
    for file, group, bits in zip(files, groups, hashes, strict=True):
        first[group] = min(first.get(group, file.stem), file.stem)
        highest[group] = max(highest.get(group, 0.0), place(f"{bits:016x}"))
    return [
        (split_at(highest[group], shares), None if file.stem == first[group] else first[group])
        for file, group in zip(files, groups, strict=True)
    ]


def place(text: str) -> float:
    """Returns a pseudo-random number in [0, 1) that depends on the text only."""
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8]) / 2**64


def split_at(position: float, shares: Mapping[str, int]) -> str:
    """Returns the split at a position in [0, 1), which the splits divide in proportion to their shares."""
    rest = position * sum(shares.values())
    for split in ORDER[:-1]:
        if rest < shares[split]:
            return split
        rest -= shares[split]
    return ORDER[-1]


def perceptual_hash(file: Path) -> int:
    """Returns 64 bits that describe the coarse structure of a picture (DCT, `imagehash.phash`)."""
    import imagehash

    with Image.open(file) as picture:
        bits = imagehash.phash(picture).hash
    return int.from_bytes(np.packbits(bits).tobytes())


def near_groups(hashes: NDArray[np.uint64]) -> list[int]:
    """Returns the group of each hash. Hashes at most NEAR bits apart, directly or through others, share a group.

    Two hashes at most NEAR bits apart are equal in at least one of NEAR + 1 bands, so only such pairs are compared.
    """
    unique, inverse = np.unique(hashes, return_inverse=True)
    groups = np.arange(len(unique))
    for band in range(NEAR + 1):
        _join_in_band(unique, groups, np.uint64(band * BITS // (NEAR + 1)))
    return [int(group) for group in groups[inverse]]


def _join_in_band(hashes: NDArray[np.uint64], groups: NDArray[np.int64], shift: np.uint64) -> None:
    """Joins the groups of near hashes that are equal in one band of bits. Pairs are not stored: there can be many."""
    band = (hashes >> shift) & np.uint64(2 ** (BITS // (NEAR + 1)) - 1)
    order = np.argsort(band, kind="stable")
    for bucket in np.split(order, np.flatnonzero(np.diff(band[order])) + 1):
        for position, one in enumerate(bucket):
            rest = bucket[position + 1 :]
            near = rest[np.bitwise_count(hashes[rest] ^ hashes[one]) <= NEAR]
            others = np.setdiff1d(groups[near], groups[one]) if near.size else near
            if others.size:
                groups[np.isin(groups, others)] = groups[one]
