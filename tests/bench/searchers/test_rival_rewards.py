from collections.abc import Sequence
from pathlib import Path

import pytest

from bench.searchers.rival_rewards import VOTES, Unchecked, VisPlay, cluster_shares
from blindspot.judges.oracle import OracleVerifier
from blindspot.records.answer import Answer, Sampling
from blindspot.records.image import Image
from blindspot.rewards.trl import Reward
from blindspot.scenes.scene import Scene, Thing
from tests.project import meter

STAR = Image("a", Path("a.png"), "train", Scene((Thing(0, 0, "small", "red", "star"),)).to_json())
RED, BLUE = "is there a red star ?", "is there a blue thing ?"


class Uncertain:
    """A candidate that answers yes, except that sampled answers about blue things alternate between yes and no."""

    identity = "uncertain/1"

    def answer(
        self, images: Sequence[Image], questions: Sequence[str], sampling: Sampling | None = None
    ) -> list[Answer]:
        odd = sampling is not None and sampling.seed % 2 == 1
        return [Answer("no" if odd and "blue" in question else "yes") for question in questions]


def components(reward: Reward, questions: list[str]) -> dict[str, list[float | None]]:
    given = {"completions": [*questions], "image_id": ["a"] * len(questions), "target": [[]] * len(questions)}
    return {function.__name__: function(**given) for function in reward.functions()}


def test_without_the_validity_check_an_invalid_question_is_a_failure() -> None:
    found = components(
        Unchecked([STAR], Uncertain(), OracleVerifier("invalid"), 8, meter(), form="thought"), [RED, BLUE, "star star"]
    )
    assert found["failure"] == [0.0, 1.0, 1.0]
    assert found["invalid"] == [0.0, 0.0, 0.0]


def test_visplay_rewards_uncertainty_minus_the_share_of_similar_questions() -> None:
    reward = VisPlay([STAR], Uncertain(), OracleVerifier("invalid"), 8, meter(), form="thought")
    found = components(reward, [RED, BLUE, BLUE, "star star"])
    assert found["failure"] == [0.0, 0.5, 0.5, 0.0]
    assert found["invalid"] == [0.0, 0.0, 0.0, -1.0]
    assert found["lexical_diversity"] == [-0.25, -0.5, -0.5, -0.25]
    assert reward.meter.calls == {"candidate_calls": 4 + 3 * VOTES, "judge_calls": 4, "questioner_calls": 0}


@pytest.mark.parametrize(
    ("questions", "shares"),
    [([], []), ([RED], [1.0]), ([RED, RED, "how many large circles do you see ?"], [2 / 3, 2 / 3, 1 / 3])],
)
def test_clusters_contain_similarly_worded_questions(questions: list[str], shares: list[float]) -> None:
    assert cluster_shares(questions) == pytest.approx(shares)
