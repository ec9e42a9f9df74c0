"""Finds near-duplicates among many pictures."""

import hashlib
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from PIL.Image import Image as Picture

from blindspot.images.comparing import Plane, difference, thumbnail

#: Most bits of 64 in which the perceptual hashes of two pictures differ that are compared. Of the copies that
#: docs/log.md lists, 97 % are found with it.
NEAR = 10
CONSIDERED = 512  # pictures with the nearest hashes, of which the likest are compared
COMPARED = 5  # pictures that each picture is compared with: the likest of small size
SMALL = 32  # px: width and height of the pictures that are compared roughly
KEPT = 2048  # thumbnails in memory, of 200 KB each
PLAIN = 4.0  # contrast of a plain block of a small picture, in levels of 255


class _Looks(NamedTuple):
    """`digest`: of size and pixels. `bits`: perceptual hash. `small`: brightness, SMALL × SMALL."""

    digest: str
    bits: int
    small: Plane


def near_duplicates(files: Sequence[Path], max_difference: float) -> tuple[list[int], list[str]]:
    """Returns the group of each picture, and the digest of its pixels.

    Near-duplicates, directly or through others, share a group. Two pictures are near-duplicates if their perceptual
    hashes are near and their `difference` is at most `max_difference`. Pictures with the same pixels always share a
    group, and no others do if `max_difference` is 0. Of many similar pictures, each is compared with the likest ones
    only, because the number of pairs would be too large. The order of the files does not matter.
    """
    from tqdm import tqdm

    looks = [_looks(file) for file in tqdm(files, "looks of images", unit="image", disable=None)]
    first = {one.digest: (file, one) for file, one in zip(files, looks, strict=True)}
    digests = sorted(first)
    groups = np.arange(len(digests))
    if max_difference > 0:
        _join(
            [first[digest][0] for digest in digests], [first[digest][1] for digest in digests], groups, max_difference
        )
    group_of = dict(zip(digests, groups.tolist(), strict=True))
    return [group_of[one.digest] for one in looks], [one.digest for one in looks]


def _join(files: Sequence[Path], looks: Sequence[_Looks], groups: NDArray[np.intp], max_difference: float) -> None:
    """Joins the groups of near-duplicates."""
    from tqdm import tqdm

    hashes = np.array([one.bits for one in looks], dtype=np.uint64)
    small = np.stack([one.small for one in looks])
    read = lru_cache(KEPT)(thumbnail)
    for index in tqdm(range(len(files)), "near-duplicates", unit="image", disable=None):
        distance = np.bitwise_count(hashes[index + 1 :] ^ hashes[index])
        near = np.flatnonzero(distance <= NEAR)
        near = near[np.argsort(distance[near], kind="stable")[:CONSIDERED]] + index + 1
        near = near[groups[near] != groups[index]]
        if not near.size:
            continue
        for other in near[np.argsort(_rough_differences(small[index], small[near]), kind="stable")[:COMPARED]]:
            if groups[other] == groups[index]:
                continue
            if difference(read(files[index]), read(files[other])) <= max_difference:
                groups[groups == groups[other]] = groups[index]


def _looks(file: Path) -> _Looks:
    from scipy import ndimage

    with Image.open(file) as opened:
        picture = opened.convert("RGB")
    digest = hashlib.sha256(repr(picture.size).encode() + picture.tobytes()).hexdigest()
    grey = picture.convert("L").resize((SMALL, SMALL), Image.Resampling.LANCZOS)
    return _Looks(digest, perceptual_hash(picture), ndimage.gaussian_filter(np.asarray(grey, np.float32), 1))


def perceptual_hash(picture: Picture) -> int:
    """Returns 64 bits that describe the coarse structure of a picture (DCT, `imagehash.phash`)."""
    import imagehash

    return int.from_bytes(np.packbits(imagehash.phash(picture).hash).tobytes())


def _rough_differences(one: Plane, others: Plane) -> NDArray[np.float64]:
    """Returns the difference of a small picture from each of others, after a linear fit of brightness and position.

    As `difference`, it is that of the block in which they differ most.
    """
    inner, side, block = np.s_[..., 1:-1, 1:-1], SMALL - 2, 5
    place = np.arange(SMALL, dtype=np.float32) - (SMALL - 1) / 2
    down, right = np.gradient(one)
    slopes = np.stack([down * place[:, None], right * place, down, right, one, np.ones_like(one)])
    slopes = slopes[inner].reshape(6, -1).astype(np.float64)
    normal = slopes @ slopes.T
    normal[np.diag_indices(6)] = normal.diagonal() * 1.0001 + 1e-4
    apart = (others - one)[inner].reshape(len(others), -1)
    rest = apart - (apart @ slopes.T) @ np.linalg.solve(normal, slopes)

    def blocks(planes: NDArray[np.floating]) -> NDArray[np.floating]:
        return planes.reshape(-1, side // block, block, side // block, block)

    contrast = np.maximum(blocks(one[inner]).std((2, 4)), blocks(others[inner]).std((2, 4)))
    errors = np.sqrt((blocks(rest) ** 2).mean((2, 4))) / np.maximum(contrast, PLAIN)
    largest: NDArray[np.float64] = errors.max((1, 2))
    return largest
