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

QUOTAS = pd.DataFrame(
    [
        {
            "rollout_id": f"quota-{mode}-{index:03d}",
            "method": "quota",
            "error": "TimeoutError" if index % 10 == 0 else None,
            "mode_id": mode,
            "image_id": f"i{index % 40}",
            "question": f"question {index}",
        }
        for mode, size in (("a", 60), ("b", 20))
        for index in range(size)
    ]
)
BOTH = pd.concat([ROLLOUTS, QUOTAS], ignore_index=True)


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
    """Fails for correct code with probability 2.5e-3 over seeds (binomial of 100 draws for each of 90 rollouts)."""
    trained = ROLLOUTS[ROLLOUTS["method"] == "trained"]
    drawn = pd.concat([draw_sample(trained, 9, seed) for seed in range(100)])
    numbers = drawn["rollout_id"].str[-3:].astype(int)
    assert numbers.nunique() == 90 and numbers.value_counts().max() < 30  # 10 of each expected
    assert abs(numbers.mean() - 50) < 4 * 29 / np.sqrt(900)


def test_answered_questions_of_each_quota_are_drawn_and_those_of_the_methods_stay() -> None:
    drawn = draw_sample(BOTH, 40, seed=0, per_mode=30)
    assert drawn["mode_id"].value_counts().to_dict() == {"a": 30, "b": 18}  # all that have an answer
    assert drawn["error"].isna().all() and drawn["rollout_id"].is_unique
    others = drawn.loc[drawn["method"] != "quota", "rollout_id"].tolist()
    assert others == draw_sample(ROLLOUTS, 40, seed=0)["rollout_id"].tolist()
    assert draw_sample(BOTH, 40, seed=0, per_mode=0)["rollout_id"].tolist() == others


def test_every_leading_part_has_as_many_rows_of_each_mode_as_of_each_method() -> None:
    drawn = draw_sample(BOTH, 40, seed=0, per_mode=15)
    groups = drawn["mode_id"].fillna(drawn["method"]).head(5 * 15)
    for stop in range(len(groups)):
        counts = groups.head(stop).value_counts().reindex(["trained", "base", "templates", "a", "b"], fill_value=0)
        assert counts.max() - counts.min() <= 1


def test_the_rows_of_a_mode_depend_neither_on_other_modes_nor_on_the_numbers_drawn() -> None:
    def of_mode(rows: pd.DataFrame, size: int, per_mode: int) -> list[str]:
        drawn = draw_sample(rows, size, 0, per_mode)
        return drawn.loc[drawn["mode_id"] == "a", "rollout_id"].tolist()

    assert of_mode(BOTH, 40, 30) == of_mode(BOTH[BOTH["mode_id"] != "b"], 9, 50)[:30]


def test_every_question_of_a_quota_has_the_same_probability() -> None:
    """Fails for correct code with probability 2e-4 over seeds (binomial of 100 draws for each of 54 questions)."""
    drawn = pd.concat([draw_sample(QUOTAS, 9, seed, per_mode=9) for seed in range(100)])
    numbers = drawn.loc[drawn["mode_id"] == "a", "rollout_id"].str[-3:].astype(int)
    assert numbers.nunique() == 54 and numbers.value_counts().max() < 36  # 17 of each expected
    assert abs(numbers.mean() - 30) < 4 * 17 / np.sqrt(900)


def test_a_question_that_occurs_several_times_in_a_quota_is_drawn_once() -> None:
    twice = pd.concat([QUOTAS, QUOTAS.assign(rollout_id="again-" + QUOTAS["rollout_id"])], ignore_index=True)
    assert len(draw_sample(twice, 9, 0, per_mode=500)) == 54 + 18
