"""Photographs that ship with scikit-image, and generated pictures that are no near-duplicates."""

import random
from pathlib import Path

import skimage
from PIL import Image
from PIL.Image import Image as Picture

FOLDER = Path(skimage.__file__).parent / "data"
#: They all show different things.
NAMES = ("astronaut.png", "camera.png", "chelsea.png", "coffee.png", "coins.png", "rocket.jpg")


def photograph(name: str) -> Picture:
    """Returns one of them as RGB."""
    with Image.open(FOLDER / name) as opened:
        return opened.convert("RGB")


def unlike(number: int, size: tuple[int, int] = (24, 16)) -> Picture:
    """Returns a different picture for each number: no two are near-duplicates."""
    rng = random.Random(number)
    noise = Image.frombytes("RGB", (8, 8), rng.randbytes(192))
    return noise.resize(size, Image.Resampling.BICUBIC)


def save_unlike(folder: Path, count: int) -> Path:
    """Writes `photo 0.png` to `photo <count - 1>.png` to the folder and creates it if needed."""
    folder.mkdir(exist_ok=True)
    for number in range(count):
        unlike(number).save(folder / f"photo {number}.png")
    return folder
