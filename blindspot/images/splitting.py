"""Which split each image is in."""

import hashlib
from collections.abc import Mapping, Sequence
from itertools import chain, repeat
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from blindspot.records.image import SPLITS

BITS = 64  # of a perceptual hash
#: Bits in which near-duplicates may differ. Of 26 pictures of scikit-image, JPEGs of a third of the size differ from
#: their original in 0 to 4 bits (chessboards in 15), and no two that show different things in fewer than 20.
NEAR = 7
ORDER = tuple(reversed(SPLITS))  # test first, so more training images leave it as it is


def by_count(files: Sequence[Path], shares: Mapping[str, int]) -> list[tuple[str, str | None]]:
    """A split for each image in turn, and no duplicate: for images that are drawn to be unlike."""
    splits = chain.from_iterable(repeat(split, shares[split]) for split in ORDER)
    return [(split, None) for split, _ in zip(splits, files, strict=True)]


def by_likeness(files: Sequence[Path], shares: Mapping[str, int]) -> list[tuple[str, str | None]]:
    """The split of each image by what it looks like, and the id of the image that it is a near-duplicate of.

    An image's place is a hash of its perceptual hash, so it depends on nothing but the image: neither its name nor
    other images move it, and an exact copy has the same. Near-duplicates form a group, and theirs belong to it too. A
    group is where its highest place puts it, in the order test, validation, train. So an added image moves another
    only where the two are near-duplicates that alone would be in different splits, so that one of them has to, and
    then towards train: what was trained on is never asked about in test. The image that others are duplicates of is
    the one of the smallest id.
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
    """Where in [0, 1) a text lies, as if at random."""
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8]) / 2**64


def split_at(where: float, shares: Mapping[str, int]) -> str:
    """The split that holds a place in [0, 1), each being as wide as its share."""
    rest = where * sum(shares.values())
    for split in ORDER[:-1]:
        if rest < shares[split]:
            return split
        rest -= shares[split]
    return ORDER[-1]


def perceptual_hash(file: Path) -> int:
    """64 bits that tell the coarse structure of a picture (DCT, `imagehash.phash`)."""
    import imagehash

    with Image.open(file) as picture:
        bits = imagehash.phash(picture).hash
    return int.from_bytes(np.packbits(bits).tobytes())


def near_groups(hashes: NDArray[np.uint64]) -> list[int]:
    """The group of each hash: those NEAR bits apart or less are in one, and so are those whom a third joins.

    Two of them share at least one of NEAR + 1 bands of the bits, so only those that do are compared.
    """
    unique, where = np.unique(hashes, return_inverse=True)
    groups = np.arange(len(unique))
    for band in range(NEAR + 1):
        _join_in_band(unique, groups, np.uint64(band * BITS // (NEAR + 1)))
    return [int(group) for group in groups[where]]


def _join_in_band(hashes: NDArray[np.uint64], groups: NDArray[np.int64], shift: np.uint64) -> None:
    """Joins the groups of near hashes that share the band of bits there. Pairs are not kept: they can be many."""
    band = (hashes >> shift) & np.uint64(2 ** (BITS // (NEAR + 1)) - 1)
    order = np.argsort(band, kind="stable")
    for bucket in np.split(order, np.flatnonzero(np.diff(band[order])) + 1):
        for position, one in enumerate(bucket):
            rest = bucket[position + 1 :]
            near = rest[np.bitwise_count(hashes[rest] ^ hashes[one]) <= NEAR]
            others = np.setdiff1d(groups[near], groups[one]) if near.size else near
            if others.size:
                groups[np.isin(groups, others)] = groups[one]
