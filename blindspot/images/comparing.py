"""Compares the pixels of two pictures, to decide whether one is a near-duplicate of the other."""

from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from PIL import Image

SIDE = 128  # px: pictures are compared at this width and height
BORDER = 4  # px of SIDE that are not compared, because a crop removes them
BLOCK = 8  # px of SIDE
COARSE = 64  # px: pictures are aligned at this width and height
#: Most that an aligned picture is moved or scaled, as a share of its side: a crop of 3 % at each border needs 0.06.
MOVED, SCALED = 0.05, 0.1
STEPS = ((2.0, 6), (0.7, 5))  # blur in px of COARSE, and steps of the alignment at this blur
#: Largest change of brightness between near-duplicates: a factor and a difference, and those of coloured pictures of
#: few tones. Without these, the same shape in two colours would often be equal after a change.
GAIN, OFFSET, GAIN_OF_FEW, OFFSET_OF_FEW = 1.35, 50.0, 1.05, 6.0
TONES, FEW = 64, 0.8  # a picture has few tones if the two most frequent of TONES have this share of its pixels
SATURATION = 1.6  # largest factor between the saturation of near-duplicates
#: Contrast below which a block counts as plain, in levels of 255. JPEG changes plain blocks by less than half of it.
PLAIN, PLAIN_COLOUR = 10.0, 24.0
GREY = 6.0  # largest distance from grey in a picture without colour

Plane = NDArray[np.float32]


class Thumbnail(NamedTuple):
    """`planes`: brightness and two colour differences, 3 × SIDE × SIDE. `detail`: shorter side in px, SIDE at most."""

    planes: Plane
    detail: int


def thumbnail(file: Path) -> Thumbnail:
    """Reads the thumbnail of an RGB file."""
    with Image.open(file) as picture:
        detail = min(SIDE, *picture.size)
        enlarged = Image.Resampling.LANCZOS if detail == SIDE else Image.Resampling.BICUBIC
        small = picture.convert("RGB").resize((SIDE, SIDE), enlarged).convert("YCbCr")
    return Thumbnail(np.asarray(small, np.float32).transpose(2, 0, 1), detail)


def difference(one: Thumbnail, other: Thumbnail) -> float:
    """Returns the difference of two pictures in the block in which they differ most, relative to the block's contrast.

    Near 0 for copies of one picture, about 1 or more for different pictures. Resizing, compression, small crops and
    small changes of brightness and saturation make little difference: the pictures are compared at the resolution of
    the smaller one, as they are and after an alignment.
    """
    detail = min(one.detail, other.detail)
    first, second = _blurred(one.planes, detail), _blurred(other.planes, detail)
    unaligned = _largest_difference(first, second)
    if unaligned < PLAIN / 100:
        return unaligned
    moved = _alignment(_coarse(first[0]), _coarse(second[0]))
    if moved is None:
        return unaligned
    return min(unaligned, _largest_difference(first, np.stack([_moved(plane, moved) for plane in second])))


def _blurred(planes: Plane, detail: int) -> Plane:
    from scipy import ndimage

    blur = 1.0 if detail == SIDE else 0.6 * SIDE / detail
    colour_blur = 2 * blur  # JPEG often stores colours at half of the resolution
    colours = ndimage.gaussian_filter(planes[1:], (0, colour_blur, colour_blur))
    return np.stack([ndimage.gaussian_filter(planes[0], blur), *colours])


def _coarse(plane: Plane) -> Plane:
    factor = SIDE // COARSE
    coarse: Plane = plane.reshape(COARSE, factor, COARSE, factor).mean((1, 3))
    return coarse


def _alignment(target: Plane, plane: Plane) -> NDArray[np.float64] | None:
    """Returns scale and shift (y, x each) that align a coarse plane with the target; None if there is none.

    The method is that of Lucas and Kanade, with a factor and a difference for the brightness.
    """
    from scipy import ndimage

    moved = np.zeros(4)
    place = np.arange(COARSE, dtype=np.float32) - (COARSE - 1) / 2
    inner = np.s_[..., 3:-3, 3:-3]
    for blur, steps in STEPS:
        fixed, free = ndimage.gaussian_filter(target, blur), ndimage.gaussian_filter(plane, blur)
        down, right = np.gradient(fixed)
        slopes = np.stack([down * place[:, None], right * place, down, right, fixed, np.ones_like(fixed)])
        slopes = slopes[inner].reshape(6, -1)
        normal = slopes @ slopes.T
        normal[np.diag_indices(6)] = normal.diagonal() * 1.0001 + 1e-4
        solve = np.linalg.solve(normal, slopes)
        for _ in range(steps):
            step = (solve @ (fixed - _moved(free, moved))[inner].ravel())[:4]
            moved = moved + step
            if np.abs(moved[:2]).max() > SCALED or np.abs(moved[2:]).max() > MOVED * COARSE:
                return None
            if np.abs(step * [COARSE / 2, COARSE / 2, 1, 1]).max() < 0.03:
                break
    return moved * [1, 1, SIDE / COARSE, SIDE / COARSE]


def _moved(plane: Plane, moved: NDArray[np.float64]) -> Plane:
    from scipy import ndimage

    centre, scale = (plane.shape[0] - 1) / 2, 1 + moved[:2]
    result: Plane = ndimage.affine_transform(
        plane, scale, centre - scale * centre + moved[2:], order=1, mode="nearest"
    )
    return result


def _largest_difference(one: Plane, other: Plane) -> float:
    """Returns the largest difference of a block, after a change of brightness and saturation."""
    one, other = (planes[:, BORDER:-BORDER, BORDER:-BORDER] for planes in (one, other))
    first, second = one[1:] - 128, other[1:] - 128
    coloured = [np.abs(colours).max() >= GREY for colours in (first, second)]
    few = any(coloured) and any(_has_few_tones(planes[0]) for planes in (one, other))
    brightness = min(
        _of_blocks(one[0], _as_bright(other[0], one[0], few), PLAIN),
        _of_blocks(other[0], _as_bright(one[0], other[0], few), PLAIN),
    )
    if not all(coloured):  # a grey copy has the same brightness
        return brightness
    limit = 1.0 if few else SATURATION
    factor = np.clip((first * second).sum() / max(float((second**2).sum()), 1.0), 1 / limit, limit)
    return max(brightness, _of_blocks(first, factor * second, PLAIN_COLOUR))


def _has_few_tones(plane: Plane) -> bool:
    counts = np.sort(np.histogram(plane, TONES, (0, 256))[0])
    return bool(counts[-2:].sum() >= FEW * plane.size)


def _as_bright(plane: Plane, target: Plane, few: bool) -> Plane:
    """Returns the plane with the brightness and contrast of the target, within limits."""
    gain, offset = (GAIN_OF_FEW, OFFSET_OF_FEW) if few else (GAIN, OFFSET)
    clear = (target > 4) & (target < 250) & (plane > 3) & (plane < 252)  # neither black nor white in one of the two
    source, wanted = (plane[clear], target[clear]) if clear.sum() > 50 else (plane.ravel(), target.ravel())
    middle, goal, spread = source.mean(), wanted.mean(), source.var()
    factor = ((source - middle) * (wanted - goal)).mean() / spread if spread > 1 else 1.0
    factor = np.clip(factor, 1 / gain, gain)
    result: Plane = np.clip(factor * plane + np.clip(goal - factor * middle, -offset, offset), 0, 255)
    return result


def _of_blocks(one: Plane, other: Plane, plain: float) -> float:
    contrast = np.maximum(_blocks(one).std((-1, -3)), _blocks(other).std((-1, -3)))
    error = np.sqrt((_blocks(one - other) ** 2).mean((-1, -3)))
    return float((error / np.maximum(contrast, plain)).max())


def _blocks(plane: Plane) -> Plane:
    side = plane.shape[-1] // BLOCK
    return plane.reshape(*plane.shape[:-2], side, BLOCK, side, BLOCK)
