"""The measures of a search, compared with examples that were computed by hand."""

import math
from itertools import permutations
from random import Random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.scoring.measures import (
    MATCHED,
    Mask,
    calls_to,
    largest_family_ratio,
    matches,
    mode_precision,
    mode_recall,
)
from blindspot.metrics import jaccard
from blindspot.search.variety import distinct, vendi
from tests.scenes.strategies import FEW

RED, STAR = "is there a red thing ?", "how many stars are there ?"


def mask(text: str) -> Mask:
    """Returns a mask: "xx..x" has the first two questions and the last."""
    return np.array([letter == "x" for letter in text])


MASKS = st.lists(st.text("x.", min_size=6, max_size=6).map(mask), max_size=4)


def test_a_mode_matches_a_slice_from_a_jaccard_index_of_one_half() -> None:
    assert jaccard(mask("xx.."), mask(".xx.")) == 1 / 3
    assert matches([mask("xx..")], [mask(".xx.")]) == []
    assert matches([mask("xx..")], [mask(".x..")]) == [(0, 0)]  # a half
    assert jaccard(mask("...."), mask("....")) == 0.0


def test_each_slice_and_each_mode_is_matched_at_most_once() -> None:
    slice_, halves = mask("xxxx...."), [mask("xxxx...."), mask("xxx....."), mask("....xxxx")]
    assert matches(halves, [slice_]) == [(0, 0)]
    assert mode_recall(halves, [slice_]) == 1.0
    assert mode_precision(halves, [slice_]) == 1 / 3
    assert mode_recall([slice_], [slice_, mask("xxx.....")]) == 0.5


def test_two_pairs_are_better_than_one_closer_pair() -> None:
    modes, slices = [mask("xxxx.."), mask("xx....")], [mask("xxxx.."), mask("xxxxxx")]
    # the first mode equals the first slice, but the second mode can match only that slice
    assert sorted(matches(modes, slices)) == [(0, 1), (1, 0)]


def test_a_rate_without_modes_or_slices_is_none() -> None:
    assert mode_recall([mask("x")], []) is None and mode_precision([], [mask("x")]) is None
    assert mode_recall([], [mask("x")]) == 0.0 == mode_precision([mask("x")], [])


@given(MASKS, MASKS)
@FEW
def test_matching_finds_the_largest_number_of_pairs(modes: list[Mask], slices: list[Mask]) -> None:
    def pairs(order: tuple[int, ...]) -> int:
        return sum(
            jaccard(modes[mode], slices[slice_]) >= MATCHED
            for mode, slice_ in zip(order, range(len(slices)), strict=True)
        )

    found = matches(modes, slices)
    assert len({mode for mode, _ in found}) == len({slice_ for _, slice_ in found}) == len(found)
    assert all(jaccard(modes[mode], slices[slice_]) >= MATCHED for mode, slice_ in found)
    if len(modes) >= len(slices):
        assert len(found) == max(map(pairs, permutations(range(len(modes)), len(slices))))
    assert len(matches(slices, modes)) == len(found)


@pytest.mark.parametrize(
    ("questions", "number"),
    [
        ([], 0),
        ([RED, RED], 1),
        ([RED, "Is there a RED thing?"], 1),
        ([RED, STAR], 2),
        ([STAR, "how many stars do you see ?"], 1),  # other words for the same abilities
        (["what colour is the star ?", "what shape is the star ?"], 2),
        (["what size is the red star ?", "what size is the red circle ?"], 2),
        (["", "…"], 1),
    ],
)
def test_similar_questions_count_as_one(questions: list[str], number: int) -> None:
    assert distinct(questions) == number


def test_the_vendi_score_is_the_effective_number_of_different_questions() -> None:
    assert vendi([]) is None and vendi(["…"]) is None
    assert vendi([RED] * 5) == pytest.approx(1.0)
    assert vendi([RED, STAR]) == pytest.approx(vendi([RED, STAR] * 7))
    assert 1.0 < (vendi([RED, STAR, STAR, STAR]) or 0) < (vendi([RED, STAR]) or 0) <= 2.0


@given(st.randoms(use_true_random=False))
@FEW
def test_the_vendi_score_follows_from_the_cosine_matrix(rng: Random) -> None:
    from blindspot.rewards.embedding import embed

    texts = [
        rng.choice([RED, STAR, "what size is the red star ?", "are there more stars than circles ?"]) for _ in "abcde"
    ]
    cosines = np.array([[embed(a) @ embed(b) for b in texts] for a in texts])
    values = np.clip(np.linalg.eigvalsh(cosines / 5), 1e-12, None)
    assert vendi(texts) == pytest.approx(math.exp(-np.sum(values * np.log(values))), abs=1e-6)


def test_the_share_of_the_largest_family_is_compared_with_its_expected_share() -> None:
    expected = {"counting": 0.4, "same": 0.6}
    assert largest_family_ratio(["counting", "counting", "same"], expected) == pytest.approx((2 / 3) / 0.4)
    assert largest_family_ratio(["relation"], expected) == math.inf
    assert largest_family_ratio([], expected) is None and largest_family_ratio(["same"], {}) is None


def test_calls_to_a_level_are_those_when_it_is_first_reached() -> None:
    curve = [(0, None), (100, 0.2), (200, 0.6), (300, 0.4), (400, 0.9)]
    assert (calls_to(0.5, curve), calls_to(0.9, curve), calls_to(1.0, curve)) == (200, 400, None)
