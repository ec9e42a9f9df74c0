"""What is drawn for the audit."""

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


def test_so_many_of_each_method_are_drawn_and_none_that_was_not_answered() -> None:
    drawn = draw_sample(ROLLOUTS, 40, seed=0)
    assert drawn["method"].value_counts().to_dict() == {"trained": 40, "base": 40, "templates": 40}
    assert drawn["error"].isna().all() and drawn["rollout_id"].is_unique
    assert list(drawn.columns) == list(ROLLOUTS.columns)


def test_all_are_drawn_where_there_are_fewer() -> None:
    assert len(draw_sample(ROLLOUTS, 1000, seed=0)) == 270
    assert len(draw_sample(ROLLOUTS[ROLLOUTS["method"] == "trained"], 1000, seed=0)) == 90


def test_a_seed_gives_the_same_and_another_something_else() -> None:
    first, again, other = (draw_sample(ROLLOUTS, 40, seed)["rollout_id"].tolist() for seed in (0, 0, 1))
    assert first == again and set(first) != set(other)


def test_a_larger_audit_goes_on_where_a_smaller_one_ended() -> None:
    small, large = draw_sample(ROLLOUTS, 20, seed=0), draw_sample(ROLLOUTS, 60, seed=0)
    pd.testing.assert_frame_equal(small, large.head(len(small)))


def test_whoever_stops_early_has_seen_every_method_as_often() -> None:
    methods = draw_sample(ROLLOUTS, 40, seed=0)["method"]
    for stop in range(len(methods)):
        counts = methods.head(stop).value_counts().reindex(["trained", "base", "templates"], fill_value=0)
        assert counts.max() - counts.min() <= 1
    assert len({tuple(methods[start : start + 3]) for start in range(0, 120, 3)}) > 3  # in no fixed turn


def test_every_rollout_is_as_likely_to_be_drawn() -> None:
    trained = ROLLOUTS[ROLLOUTS["method"] == "trained"]
    drawn = pd.concat([draw_sample(trained, 9, seed) for seed in range(100)])
    numbers = drawn["rollout_id"].str[-3:].astype(int)
    assert numbers.nunique() == 90 and numbers.value_counts().max() < 30  # 10 of each expected
    assert abs(numbers.mean() - 50) < 4 * 29 / np.sqrt(900)
