"""Marks are where and what their record says, legible, apart from each other, and the same for the same seed."""

import random
from itertools import combinations

import numpy as np
import pytest
from PIL import Image

from blindspot.errors import UnreadableImage
from blindspot.marks.drawing import draw_marks, ink, luminance, outline_width
from blindspot.marks.legibility import MIN_OUTLINE, Ground
from blindspot.marks.placing import COVERED, covered, place_marks
from blindspot.scenes.draw import PALETTE
from blindspot.scenes.marks import LABEL
from tests.images.photographs import FOLDER, photograph
from tests.marks.on_photographs import SIZE, scaled, unmet

SHOWN = (("astronaut.png", 448), ("chelsea.png", 896), ("coffee.png", 672), ("camera.png", 1120), ("rocket.jpg", 1344))


@pytest.mark.parametrize(("name", "side"), SHOWN)
def test_marks_meet_every_threshold_and_are_drawn_where_the_record_says(name: str, side: int) -> None:
    picture = scaled(name, side)
    scene, unit = place_marks(picture, SIZE, random.Random(name))
    assert scene.things and unmet(picture, scene, unit) == []
    drawn, before = np.asarray(draw_marks(picture, scene.things, unit)).astype(int), np.asarray(picture).astype(int)
    outside = np.ones(before.shape[:2], dtype=bool)
    for mark in scene.things:
        rows = slice(mark.row - mark.height // 2, mark.row + mark.height // 2)
        columns = slice(mark.column - mark.width // 2, mark.column + mark.width // 2)
        outside[rows, columns] = False
        patch = drawn[rows, columns]
        share = (np.abs(patch - np.array(PALETTE[mark.colour])).max(axis=2) <= 2).mean()
        assert share > {"star": 0.1, "triangle": 0.2}.get(mark.shape, 0.3)
    assert (drawn[outside] == before[outside]).all()


def test_every_mark_has_a_black_line_and_a_white_one_around_it() -> None:
    picture = scaled("coffee.png", 900)
    scene, unit = place_marks(picture, SIZE, random.Random(1))
    drawn, line = np.asarray(draw_marks(picture, scene.things, unit)), outline_width(unit)
    sides = [mark for mark in scene.things if mark.shape in ("circle", LABEL) and not mark.pile]
    assert sides
    for mark in sides:
        left = mark.column - mark.width // 2
        assert drawn[mark.row, left + line + line // 2].max() < 10
        assert drawn[mark.row, left + line // 2].min() > 245


@pytest.mark.parametrize("seed", range(6))
def test_both_sizes_occur_and_a_pair_overlaps(seed: int) -> None:
    scene, _ = place_marks(scaled("moon.png", 500), SIZE, random.Random(seed))
    labels = [mark for mark in scene.things if mark.shape == LABEL]
    figures = [mark for mark in scene.things if mark.shape != LABEL]
    for group in (labels, figures):
        assert {mark.size for mark in group} == {"small", "large"}
    assert len({mark.text for mark in labels}) == len(labels)
    piles = [mark.pile for mark in figures if mark.pile]
    assert piles and all(piles.count(pile) == 2 for pile in piles)
    assert [mark.layer for mark in scene.things] == [*range(len(scene.things))]


@pytest.mark.parametrize("seed", range(4))
def test_a_figure_covers_the_stated_share_of_the_one_behind_it(seed: int) -> None:
    scene, unit = place_marks(scaled("moon.png", 600), SIZE, random.Random(seed))
    piled = sorted((mark for mark in scene.things if mark.pile), key=lambda mark: mark.layer)
    pairs = [(back, front) for back, front in combinations(piled, 2) if back.pile == front.pile]
    assert pairs
    for back, front in pairs:
        assert COVERED[0] <= covered(back, front, unit) <= COVERED[1]


def test_the_same_seed_gives_the_same_marks() -> None:
    picture = scaled("rocket.jpg", 600)
    one, again, other = (place_marks(picture, SIZE, random.Random(seed))[0] for seed in (1, 1, 2))
    assert one == again != other


def test_a_photograph_that_is_too_small_is_refused() -> None:
    with pytest.raises(UnreadableImage, match=r"too small for marks \(its shorter side has 239 px of 240 needed\)"):
        place_marks(photograph("chelsea.png").resize((400, 239)), SIZE, random.Random(0))


@pytest.mark.parametrize("name", ["grass.png", "noise"])
def test_a_photograph_that_is_too_busy_is_refused(name: str) -> None:
    noise = Image.fromarray(np.random.default_rng(0).integers(0, 256, (500, 500, 3), dtype=np.uint8))
    with pytest.raises(UnreadableImage, match=r"too busy for marks"):
        place_marks(noise if name == "noise" else Image.open(FOLDER / name).convert("RGB"), SIZE, random.Random(0))


@pytest.mark.parametrize("colour", PALETTE)
def test_texts_have_the_contrast_that_wcag_demands(colour: str) -> None:
    darker, lighter = sorted((luminance(ink(colour)), luminance(PALETTE[colour])))
    assert (lighter + 0.05) / (darker + 0.05) >= 4.5


def test_the_outline_stands_out_on_any_grey_and_any_colour() -> None:
    steps = np.linspace(0, 255, 9).astype(np.uint8)
    colours = np.stack(np.meshgrid(steps, steps, steps), axis=-1).reshape(1, -1, 3)
    ground = Ground(Image.fromarray(np.repeat(np.repeat(colours, 4, axis=0), 2, axis=1)), 12)
    assert ground.outlines.min() >= MIN_OUTLINE
