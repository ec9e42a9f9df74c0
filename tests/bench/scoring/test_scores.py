import numpy as np
import pytest

from bench.scoring.scores import Truth, measuring_points, mode_scores, question_scores
from bench.scoring.slice_rate import SliceRate
from blindspot.records.failure_mode import FailureMode
from blindspot.records.rollout import Asked
from blindspot.records.verdict import Outcome
from blindspot.scenes.inconspicuous import inconspicuous
from blindspot.scenes.parse import parse
from blindspot.scenes.scene import Scene, Thing

SCENE = Scene(
    (
        Thing(0, 0, "small", "red", "star"),
        Thing(2, 2, "large", "red", "circle"),
        Thing(1, 1, "large", "blue", "circle"),
    )
)
COUNT, COLOUR = "how many circles are there ?", "what colour is the star ?"


def slice_(name: str, error_rate: float, counts: bool = True) -> SliceRate:
    return SliceRate(name, "any", "", 0.1, 100, int(100 * error_rate), error_rate, 0.0, 1.0, 0.0, True, counts)


def mode(*features: str) -> FailureMode:
    return FailureMode("m", "m", features, 9, 9, 1.0, 0.8, 1.0, 5.0, 0.0, ())


def asked(question: str, outcome: Outcome) -> Asked:
    return Asked("0", question, "no", "yes", outcome, None)


# Two slices that count, counting and colour, and one that does not. That one contains two counts and a colour.
TRUTH = Truth(
    [slice_("counting", 1.0), slice_("colour", 0.5), slice_("mixed", 0.6, counts=False)],
    [(COUNT, "2"), (COUNT, "2"), (COUNT, "3"), (COLOUR, "red"), ("is there a star ?", "yes")],
    np.array([[1, 0, 1], [1, 0, 1], [1, 0, 0], [0, 1, 1], [0, 0, 0]], dtype=bool),
)


def test_the_ideal_failure_rate_is_the_mean_over_all_weak_slices() -> None:
    assert TRUTH.ideal == pytest.approx((1.0 + 0.5 + 0.6) / 3)
    assert Truth([], [], np.zeros((0, 0), dtype=bool)).ideal is None


def test_the_expected_share_of_a_family_is_its_share_of_the_slices_that_count() -> None:
    assert TRUTH.family_shares() == {"counting": 0.5, "colour": 0.5}


def found(modes: list[FailureMode]) -> tuple[float | None, float | None]:
    scores = TRUTH.match(modes)
    return scores["mode_recall"], scores["mode_precision"]


def test_modes_are_matched_with_slices() -> None:
    assert found([mode("counting")]) == (0.5, 1.0)
    assert found([mode("counting"), mode("checking whether there is something")]) == (0.5, 0.5)
    assert found([]) == (0.0, None)


def test_the_curve_has_the_recall_by_calls() -> None:
    modes = [(20, []), (40, [mode("counting")]), (60, [mode("counting"), mode("colour")])]
    scores, curve = mode_scores(modes, TRUTH)
    assert curve == [(20, 0.0), (40, 0.5), (60, 1.0)]
    assert (scores["modes"], scores["mode_precision"]) == (2, 1.0)
    assert (scores["calls_to_half_recall"], scores["calls_to_90_recall"]) == (40, 60)


def test_the_scores_of_questions() -> None:
    rows = [
        asked(COUNT, "failure"),
        asked("how many circles do you see ?", "failure"),
        asked(COLOUR, "correct"),
        asked("star star", "invalid"),
        asked(COUNT, "unscored"),
    ]
    found = question_scores(rows, [SCENE] * 5, TRUTH)
    assert found["failure_rate"] == 0.5 and found["valid_rate"] == 0.75
    assert found["failure_rate_to_ideal"] == pytest.approx(0.5 / 0.7)
    assert found["distinct_failures_per_1000_calls"] == 200.0
    assert found["largest_family_ratio"] == 2.0
    assert found["inconspicuous"] == pytest.approx(1 / 3)


def test_the_scores_of_no_questions_are_none() -> None:
    found = question_scores([], [], TRUTH)
    assert all(value is None for value in found.values())


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("what colour is the star ?", True),  # it is small
        ("what colour is the large red thing ?", False),
        ("what shape is the red thing left of the blue circle ?", True),  # the star is, the red circle is not
        ("what shape is the large thing right of the blue circle ?", False),
        ("how many circles are there ?", False),
        ("how many blue circles are there ?", True),  # a single one
        ("is there a green thing ?", True),
        ("what shape is the topmost thing ?", True),
        ("what shape is the bottommost thing ?", False),
        ("is the blue circle left of the star ?", True),
    ],
)
def test_questions_about_small_or_few_things_are_inconspicuous(text: str, expected: bool) -> None:
    question = parse(text)
    assert question is not None
    assert inconspicuous(question, SCENE) is expected


def test_recall_is_measured_every_20_calls_then_every_200_and_at_the_end() -> None:
    assert measuring_points(50) == [20, 40, 50]
    assert measuring_points(1000)[-4:] == [400, 600, 800, 1000]
