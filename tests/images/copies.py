"""Copies of pictures, and how many are found: `python -m tests.images.copies` prints the figures in docs/log.md."""

import io
import tempfile
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from PIL import Image, ImageEnhance
from PIL.Image import Image as Picture

from blindspot.images.likeness import near_duplicates
from blindspot.images.splitting import MAX_DIFFERENCE
from tests.images.drawings import KINDS, different
from tests.images.photographs import FOLDER, photograph

Change = Callable[[Picture], Picture]


def jpeg(quality: int) -> Change:
    """Returns a change to a JPEG of this quality."""

    def change(picture: Picture) -> Picture:
        out = io.BytesIO()
        picture.save(out, "JPEG", quality=quality)
        return Image.open(out).convert("RGB")

    return change


def resized(factor: float) -> Change:
    """Returns a change of the width and the height by a factor."""
    return lambda picture: picture.resize([max(1, round(side * factor)) for side in picture.size])


def cropped(share: float) -> Change:
    """Returns a change that cuts a share off each border."""

    def change(picture: Picture) -> Picture:
        right, down = round(picture.width * share), round(picture.height * share)
        return picture.crop((right, down, picture.width - right, picture.height - down))

    return change


COPIES: dict[str, Change] = {
    **{f"JPEG, quality {quality}": jpeg(quality) for quality in (30, 60, 90)},
    **{f"size × {factor}": resized(factor) for factor in (0.25, 0.5, 2)},
    **{f"{share:.0%} of each border cut off": cropped(share) for share in (0.01, 0.02, 0.03)},
    "brighter by a tenth": lambda picture: ImageEnhance.Brightness(picture).enhance(1.1),
    "darker by a seventh": lambda picture: ImageEnhance.Brightness(picture).enhance(0.85),
    "contrast × 0.8": lambda picture: ImageEnhance.Contrast(picture).enhance(0.8),
    "saturation × 0.7": lambda picture: ImageEnhance.Color(picture).enhance(0.7),
    "grey": lambda picture: picture.convert("L").convert("RGB"),
    "1% cut off, half the size, JPEG, quality 60": lambda picture: jpeg(60)(resized(0.5)(cropped(0.01)(picture))),
}


def _print_found(names: list[str], folder: Path) -> None:
    """Prints which share of the copies of the pictures is found, by kind of copy."""
    for kind, change in COPIES.items():
        missed = []
        for name in names:
            files = [folder / "one.png", folder / "copy.png"]
            photograph(name).save(files[0], compress_level=1)
            change(photograph(name)).save(files[1], compress_level=1)
            groups, _ = near_duplicates(files, MAX_DIFFERENCE)
            missed += [name] if groups[0] != groups[1] else []
        print(f"{kind}: {len(names) - len(missed)} of {len(names)}; missed: {', '.join(missed) or 'none'}", flush=True)


def _print_grouped(count: int, folder: Path) -> None:
    """Prints how many different pictures of one kind are near-duplicates of another."""
    for kind in KINDS:
        files = []
        for number, picture in enumerate(different(kind, count)):
            files.append(folder / f"{kind.__name__} {number:03d}.png")
            picture.save(files[-1], compress_level=1)
        groups, _ = near_duplicates(files, MAX_DIFFERENCE)
        largest = Counter(groups).most_common(1)[0][1]
        copies = len(files) - len(set(groups))
        print(f"{kind.__name__}: {copies} of {len(files)} near-duplicates, largest group {largest}", flush=True)


if __name__ == "__main__":
    pictures = sorted(path.name for path in FOLDER.iterdir() if path.suffix in (".png", ".jpg"))
    with tempfile.TemporaryDirectory() as scratch:
        _print_found(pictures, Path(scratch))
        _print_grouped(60, Path(scratch))
