import numpy as np
import pytest

from bench.scoring.scores import Truth, curve_scores, measuring_points, question_scores, uniform_truth
from bench.scoring.slice_rate import SliceRate
from bench.scoring.slices import ANY, Slice
from blindspot.records.failure_mode import FailureMode
from blindspot.records.rollout import Asked
from blindspot.records.verdict import Outcome
from blindspot.scenes.inconspicuous import inconspicuous
from blindspot.scenes.parse import parse
from blindspot.scenes.planted import PlantedCandidate
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
    np.array([1, 1, 1, 1, 0], dtype=bool),
)


def test_the_ideal_failure_rate_is_the_mean_over_all_weak_slices() -> None:
    assert TRUTH.ideal == pytest.approx((1.0 + 0.5 + 0.6) / 3)
    assert Truth([], [], np.zeros((0, 0), dtype=bool), np.zeros(0, dtype=bool)).ideal is None


def test_the_expected_share_of_a_family_is_its_share_of_the_slices_that_count() -> None:
    assert TRUTH.family_shares() == {"counting": 0.5, "colour": 0.5}


def found(modes: list[FailureMode]) -> tuple[float | None, float | None]:
    scores = TRUTH.match(modes)
    return scores["mode_recall"], scores["mode_precision"]


def test_modes_are_matched_with_slices() -> None:
    assert found([mode("counting")]) == (0.5, 1.0)
    assert found([mode("counting"), mode("checking whether there is something")]) == (0.5, 0.5)
    assert found([]) == (0.0, None)


def test_the_curve_has_the_explained_mass_by_calls() -> None:
    modes = [(100, []), (200, [mode("counting")]), (300, [mode("counting"), mode("colour")])]
    scores, curve = curve_scores(modes, TRUTH)
    assert curve == [(100, 0.0), (200, 0.75), (300, 1.0)]
    assert scores["calls_to_explained"] == 300


def test_the_truth_of_a_planted_candidate_has_its_failures_and_its_gaps() -> None:
    """Fails for correct code with probability 2e-3 over seeds.

    Binomial: a tenth of 600 questions is about counting, and 40 % of these fail.
    """
    gap = "family == counting"
    truth = uniform_truth(PlantedCandidate([gap], 0.0, 0, rate=0.4), [Slice(gap, ANY, gap)], 600, 5)
    inside = truth.inside(mode("counting"))
    assert truth.weak.tolist() == inside.tolist() and 30 < inside.sum() < 90
    assert not truth.failed[~inside].any() and 0.2 < truth.failed[inside].mean() < 0.6
    assert not uniform_truth(PlantedCandidate([], 0.0, 0), [], 50, 5).weak.any()


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
    assert "failure_rate" in found and {*found.values()} == {None}


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


def test_explained_mass_is_measured_every_100_calls_and_at_the_end() -> None:
    assert measuring_points(250) == [100, 200, 250]
    assert measuring_points(60) == [60]
