"""Photographs of any size, and the thresholds that marks on them miss."""

from PIL import Image
from PIL.Image import Image as Picture

from blindspot.marks.legibility import MAX_ALIKE, MAX_CLUTTER, MIN_OUTLINE, Ground
from blindspot.marks.placing import GAP, distance
from blindspot.scenes.marks import MarkScene
from tests.images.photographs import photograph

SIZE = 0.035  # of marks


def scaled(name: str, side: int) -> Picture:
    """Returns a photograph with a longest side of `side` px."""
    picture = photograph(name)
    factor = side / max(picture.size)
    return picture.resize((round(picture.width * factor), round(picture.height * factor)), Image.Resampling.LANCZOS)


def unmet(picture: Picture, scene: MarkScene, unit: int) -> list[str]:
    """Returns the thresholds that a mark misses."""
    ground, found = Ground(picture, unit), list[str]()
    for mark in scene.things:
        legible = ground.measure(mark)
        found += ["outline"] * (legible.outline < MIN_OUTLINE) + ["alike"] * (legible.alike > MAX_ALIKE)
        found += ["clutter"] * (legible.clutter > MAX_CLUTTER)
        others = [other for other in scene.things if other != mark and not (0 < other.pile == mark.pile)]
        found += ["gap"] * any(distance(mark, other) < GAP * unit for other in others)
        sides = (mark.column, mark.row, scene.width - mark.column, scene.height - mark.row)
        extents = (mark.width, mark.height) * 2
        found += ["edge"] * any(side - extent / 2 < GAP * unit for side, extent in zip(sides, extents, strict=True))
    return found
