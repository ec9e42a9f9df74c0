"""Marks on all photographs of scikit-image at several sizes, and 10,000 questions about marks."""

import random
from collections import Counter

import pytest

from blindspot.errors import UnreadableImage
from blindspot.marks.placing import place_marks
from tests.images.photographs import FOLDER
from tests.marks.comparison import disagreements
from tests.marks.on_photographs import SIZE, scaled, unmet

SIDES = (448, 672, 896, 1120, 1344)
#: Fine textures without a calm place, and pages of text.
BUSY = {"grass.png", "gravel.png", "page.png", "text.png"}
NAMES = sorted(
    path.name
    for path in FOLDER.iterdir()
    if path.suffix in (".png", ".jpg") and not path.name.startswith(("chessboard", "phantom", "microaneurysms"))
)


@pytest.mark.slow
def test_the_oracle_agrees_with_an_independent_evaluator_on_10000_questions() -> None:
    wrong, seen = disagreements(11_000, 7)
    assert seen.total() >= 10_000 and wrong == []


@pytest.mark.slow
def test_every_mark_on_every_photograph_meets_the_thresholds() -> None:
    placed, skipped = Counter[str](), Counter[str]()
    for name in NAMES:
        for side in SIDES:
            picture = scaled(name, side)
            try:
                scene, unit = place_marks(picture, SIZE, random.Random(f"{name} {side}"))
            except UnreadableImage as error:
                skipped[name] += "too busy" in str(error)
                continue
            placed[name] += 1
            assert unmet(picture, scene, unit) == [], (name, side)
    assert {name for name in NAMES if skipped[name] > 2} <= BUSY
    assert placed.total() >= 3 * len(set(NAMES) - BUSY)
