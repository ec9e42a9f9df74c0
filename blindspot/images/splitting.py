"""Assigns images to splits."""

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import chain, repeat
from pathlib import Path

from blindspot.images.likeness import near_duplicates
from blindspot.records.image import SPLITS

#: Largest `difference` of near-duplicates. docs/log.md has those of copies and of similar pictures.
MAX_DIFFERENCE = 0.6
ORDER = tuple(reversed(SPLITS))  # test first, so that more training images do not change it


def split_by_count(files: Sequence[Path], shares: Mapping[str, int]) -> list[tuple[str, str | None]]:
    """Assigns the given number of images to each split, in order. For images known to have no duplicates.

    Returns (split, None) for each file. Raises ValueError if the number of files is not the sum of the shares.
    """
    splits = chain.from_iterable(repeat(split, shares[split]) for split in ORDER)
    return [(split, None) for split, _ in zip(splits, files, strict=True)]


def split_by_likeness(
    files: Sequence[Path], shares: Mapping[str, int], max_difference: float = MAX_DIFFERENCE
) -> list[tuple[str, str | None]]:
    """Assigns images to splits by what they look like, in the proportions of `shares`.

    Returns for each file its split and the id of the image that it is a near-duplicate of, or None. An image's place
    is a hash of its pixels, so it does not depend on the name or on other images. Near-duplicates, also indirect ones,
    form a group, and the highest place in a group decides its split (in the order test, validation, train). So an
    added image moves another only if the two are near-duplicates that would be in different splits, and then towards
    train. Only if a split would be empty, it gets a group of another split. The smallest id in a group is the
    original, the others are its duplicates. `max_difference`: as in `near_duplicates`.
    """
    groups, digests = near_duplicates(files, max_difference)
    first: dict[int, str] = {}
    for file, group in zip(files, groups, strict=True):
        first[group] = min(first.get(group, file.stem), file.stem)
    return [
        (split, None if file.stem == first[group] else first[group])
        for file, group, split in zip(files, groups, split_groups(groups, digests, shares), strict=True)
    ]


def split_groups(groups: Sequence[int], digests: Sequence[str], shares: Mapping[str, int]) -> list[str]:
    """Returns the split of each image, from its group and the digest of its pixels."""
    highest: dict[int, float] = {}
    for group, digest in zip(groups, digests, strict=True):
        highest[group] = max(highest.get(group, 0.0), place(digest))
    split_of = {group: split_at(position, shares) for group, position in highest.items()}
    _fill_empty_splits(split_of, highest, shares)
    return [split_of[group] for group in groups]


def _fill_empty_splits(split_of: dict[int, str], positions: Mapping[int, float], shares: Mapping[str, int]) -> None:
    """Moves a group to each split that would be empty: of a split with several groups, the nearest by position."""
    start, total = 0.0, sum(shares.values())
    for split in ORDER:
        end = start + shares[split] / total
        counts = Counter(split_of.values())
        spare = [group for group in split_of if counts[split_of[group]] > 1]
        if not counts[split] and spare:
            middle = (start + end) / 2
            split_of[min(spare, key=lambda group: abs(positions[group] - middle))] = split
        start = end


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
