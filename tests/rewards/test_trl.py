from collections.abc import Sequence
from pathlib import Path

from blindspot.judges.oracle import OracleVerifier
from blindspot.records.answer import Answer
from blindspot.records.image import Image
from blindspot.rewards.components import ELSEWHERE
from blindspot.rewards.trl import Reward
from blindspot.scenes.scene import Scene, Thing
from tests.project import meter

STAR = Image("a", Path("a.png"), "train", Scene((Thing(0, 0, "small", "red", "star"),)).to_json())


class SaysNo:
    """A candidate that counts how often it is asked."""

    identity = "says-no/1"

    def __init__(self) -> None:
        self.asked = 0

    def answer(self, images: Sequence[Image], questions: Sequence[str]) -> list[Answer]:
        self.asked += len(questions)
        return [Answer("no")] * len(images)


def rewards(reward: Reward, questions: list[str], target: tuple[str, ...] = ()) -> dict[str, list[float | None]]:
    completions = [[{"role": "assistant", "content": question}] for question in questions]
    given = {"completions": completions, "image_id": ["a"] * len(questions), "target": [[*target]] * len(questions)}
    return {function.__name__: function(**given) for function in reward.functions()}


def test_one_judgement_feeds_every_component() -> None:
    candidate = SaysNo()
    reward = Reward([STAR], candidate, OracleVerifier("invalid"), 8, meter())
    found = rewards(reward, ["is there a red star ?", "is there a blue star ?", "star star"])
    assert found["failure"] == [1.0, 0.0, 0.0]
    assert found["invalid"] == [0.0, 0.0, -1.0]
    assert candidate.asked == reward.meter.calls["candidate_calls"] == 3


def test_what_a_questioner_thinks_first_is_no_part_of_its_question() -> None:
    reward = Reward([STAR], SaysNo(), OracleVerifier("invalid"), 8, meter())
    found = rewards(reward, ["a1 : yes </think> is there a red star ?", "is there a red star ? </think> star"])
    assert (found["failure"], found["invalid"]) == ([1.0, 0.0], [0.0, -1.0])


def test_a_failure_that_lacks_a_feature_of_the_target_earns_less() -> None:
    reward, questions = (
        Reward([STAR], SaysNo(), OracleVerifier("invalid"), 8, meter()),
        ["is there a red star ?", "is there a star ?"],
    )
    assert rewards(reward, questions, ("recognising red", "answer yes"))["failure"] == [1.0, ELSEWHERE]


def test_only_valid_questions_enter_the_archive() -> None:
    reward = Reward([STAR], SaysNo(), OracleVerifier("invalid"), 8, meter())
    rewards(reward, ["is there a red star ?", "star star"])
    assert reward.archive.questions == ["is there a red star ?"]


def test_a_restored_reward_scores_as_the_first_would_have() -> None:
    first = Reward([STAR], SaysNo(), OracleVerifier("invalid"), 8, meter())
    rewards(first, ["is there a red star ?", "is there a star ?"])
    second = Reward([STAR], SaysNo(), OracleVerifier("invalid"), 8, meter())
    second.restore(first.state())
    again = ["how many stars are there ?", "is there a red star ?"]
    assert rewards(second, again) == rewards(first, again)
    assert second.meter.calls == first.meter.calls == {"candidate_calls": 4, "judge_calls": 4}
