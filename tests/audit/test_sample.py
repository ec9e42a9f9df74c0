"""Tests the sample that is drawn for the audit."""

import numpy as np
import pandas as pd

from blindspot.audit.sample import draw_sample

ROLLOUTS = pd.DataFrame(
    [
        {"rollout_id": f"{method}-{index:03d}", "method": method, "error": "TimeoutError" if index % 10 == 0 else None}
        for method in ("trained", "base", "templates")
        for index in range(100)
    ]
)


def test_the_sample_has_as_many_answered_rollouts_of_each_method() -> None:
    drawn = draw_sample(ROLLOUTS, 40, seed=0)
    assert drawn["method"].value_counts().to_dict() == {"trained": 40, "base": 40, "templates": 40}
    assert drawn["error"].isna().all() and drawn["rollout_id"].is_unique
    assert list(drawn.columns) == list(ROLLOUTS.columns)


def test_all_rollouts_are_drawn_if_there_are_fewer() -> None:
    assert len(draw_sample(ROLLOUTS, 1000, seed=0)) == 270
    assert len(draw_sample(ROLLOUTS[ROLLOUTS["method"] == "trained"], 1000, seed=0)) == 90


def test_the_sample_depends_on_the_seed() -> None:
    first, again, other = (draw_sample(ROLLOUTS, 40, seed)["rollout_id"].tolist() for seed in (0, 0, 1))
    assert first == again and set(first) != set(other)


def test_a_larger_sample_starts_with_the_smaller_one() -> None:
    small, large = draw_sample(ROLLOUTS, 20, seed=0), draw_sample(ROLLOUTS, 60, seed=0)
    pd.testing.assert_frame_equal(small, large.head(len(small)))


def test_every_leading_part_has_as_many_rollouts_of_each_method() -> None:
    methods = draw_sample(ROLLOUTS, 40, seed=0)["method"]
    for stop in range(len(methods)):
        counts = methods.head(stop).value_counts().reindex(["trained", "base", "templates"], fill_value=0)
        assert counts.max() - counts.min() <= 1
    assert len({tuple(methods[start : start + 3]) for start in range(0, 120, 3)}) > 3  # not in a fixed order


def test_every_rollout_has_the_same_probability() -> None:
    trained = ROLLOUTS[ROLLOUTS["method"] == "trained"]
    drawn = pd.concat([draw_sample(trained, 9, seed) for seed in range(100)])
    numbers = drawn["rollout_id"].str[-3:].astype(int)
    assert numbers.nunique() == 90 and numbers.value_counts().max() < 30  # 10 of each expected
    assert abs(numbers.mean() - 50) < 4 * 29 / np.sqrt(900)
