from collections.abc import Sequence
from copy import deepcopy

import pytest

from blindspot.errors import BlindspotError
from blindspot.judges.oracle import OracleVerifier
from blindspot.protocols import ProposedQuestion
from blindspot.records.answer import Answer, Sampling
from blindspot.records.image import Image
from blindspot.records.unscored import Unscored
from blindspot.rewards.components import COMPONENTS, OFF_TARGET
from blindspot.rewards.trl import Batch, Reward
from tests.project import meter
from tests.rewards.steps import STAR, SaysNo, arguments, rewards


def test_one_judgement_gives_all_components() -> None:
    candidate = SaysNo()
    reward = Reward([STAR], candidate, OracleVerifier("invalid"), 8, meter(), form="thought")
    found = rewards(reward, ["is there a red star ?", "is there a blue star ?", "star star"])
    assert found["failure"] == [1.0, 0.0, 0.0]
    assert found["invalid"] == [0.0, 0.0, -1.0]
    assert candidate.asked == reward.meter.calls["candidate_calls"] == 3


def test_a_batch_is_judged_once_whichever_list_objects_hold_it() -> None:
    candidate = SaysNo()
    reward = Reward([STAR], candidate, OracleVerifier("invalid"), 8, meter(), form="thought")
    given = arguments(["is there a red star ?", "star star"])
    copied = {function.__name__: function(**deepcopy(given)) for function in reward.functions()}
    assert candidate.asked == 2
    first = Reward([STAR], SaysNo(), OracleVerifier("invalid"), 8, meter(), form="thought")
    asked = [ProposedQuestion("is there a red star ?"), ProposedQuestion("star star")]
    assert copied == first.score(Batch(["a", "a"], asked, [(), ()]))


def test_an_equal_batch_in_the_next_step_is_judged_again() -> None:
    candidate = SaysNo()
    reward = Reward([STAR], candidate, OracleVerifier("invalid"), 8, meter(), form="thought")
    given = arguments(["is there a red star ?"])
    for step in (1, 2, 3):
        for function in reward.functions():
            function(**given)
        assert candidate.asked == reward.meter.calls["candidate_calls"] == reward.meter.calls["judge_calls"] == step
        assert reward.archive.questions == ["is there a red star ?"] * step


def test_components_of_another_batch_are_refused() -> None:
    candidate = SaysNo()
    first, *others = Reward([STAR], candidate, OracleVerifier("invalid"), 8, meter(), form="thought").functions()
    with pytest.raises(RuntimeError, match=f"{COMPONENTS[1]} was called before {COMPONENTS[0]} for this batch"):
        others[0](**arguments(["is there a red star ?"]))
    first(**arguments(["is there a red star ?"]))
    for function in others:
        with pytest.raises(RuntimeError, match="was called before failure for this batch"):
            function(**arguments(["is there a blue star ?"]))
    assert candidate.asked == 1


def test_every_question_is_kept_with_its_outcome() -> None:
    reward = Reward([STAR], SaysNo(), OracleVerifier("invalid"), 8, meter(), form="thought")
    rewards(reward, ["is there a red star ?"])
    rewards(reward, ["is there a blue star ?", "star star"])
    assert [(row.question, row.outcome, row.reference) for row in reward.asked] == [
        ("is there a red star ?", "failure", "yes"),
        ("is there a blue star ?", "correct", "no"),
        ("star star", "invalid", None),
    ]


def test_the_thought_of_a_questioner_is_not_part_of_its_question() -> None:
    reward = Reward([STAR], SaysNo(), OracleVerifier("invalid"), 8, meter(), form="thought")
    found = rewards(reward, ["a1 : yes </think> is there a red star ?", "is there a red star ? </think> star"])
    assert (found["failure"], found["invalid"]) == ([1.0, 0.0], [0.0, -1.0])


def test_a_reply_without_a_question_is_penalised_and_costs_no_call() -> None:
    candidate = SaysNo()
    reward = Reward([STAR], candidate, OracleVerifier("invalid"), 8, meter(), form="json")
    replies = ['{"question": "is there a red star ?", "answer": "yes"}', '{"declined": true}', "I see a star."]
    found = rewards(reward, replies)
    assert (found["failure"], found["invalid"]) == ([1.0, 0.0, 0.0], [0.0, -1.0, -1.0])
    assert candidate.asked == reward.meter.calls["candidate_calls"] == 1
    assert [row.question for row in reward.asked] == reward.archive.questions == ["is there a red star ?"]


def test_a_failure_without_a_feature_of_the_target_has_a_lower_reward() -> None:
    reward, questions = (
        Reward([STAR], SaysNo(), OracleVerifier("invalid"), 8, meter(), form="thought"),
        ["is there a red star ?", "is there a star ?"],
    )
    assert rewards(reward, questions, ("recognising red", "answer yes"))["failure"] == [1.0, OFF_TARGET]


def test_only_valid_questions_enter_the_archive() -> None:
    reward = Reward([STAR], SaysNo(), OracleVerifier("invalid"), 8, meter(), form="thought")
    rewards(reward, ["is there a red star ?", "star star"])
    assert reward.archive.questions == ["is there a red star ?"]


def test_a_restored_reward_gives_the_same_scores() -> None:
    first = Reward([STAR], SaysNo(), OracleVerifier("invalid"), 8, meter(), form="thought")
    rewards(first, ["is there a red star ?", "is there a star ?"])
    second = Reward([STAR], SaysNo(), OracleVerifier("invalid"), 8, meter(), form="thought")
    second.restore(first.state())
    again = ["how many stars are there ?", "is there a red star ?"]
    assert rewards(second, again) == rewards(first, again)
    assert second.meter.calls == first.meter.calls == {"candidate_calls": 4, "judge_calls": 4, "questioner_calls": 0}
    assert second.asked == first.asked and len(first.asked) == 4


class FailsFor:
    """A candidate whose server fails for the first `failing` calls."""

    identity = "fails-for/1"

    def __init__(self, failing: int) -> None:
        self._failing = failing

    def answer(
        self, images: Sequence[Image], questions: Sequence[str], sampling: Sampling | None = None
    ) -> list[Answer]:
        error = Answer("", Unscored.SERVER_ERROR, "HTTP 500")
        return [error if index < self._failing else Answer("no") for index in range(len(questions))]


STEP = ["is there a red star ?", "is there a blue star ?", "is there a green star ?", "is there a star ?"]


def test_a_step_in_which_nothing_is_scored_ends_the_training() -> None:
    reward = Reward([STAR], FailsFor(4), OracleVerifier("invalid"), 8, meter(), form="thought")
    message = r"4 of 4 questions of a training step are unscored: server error × 4 \(HTTP 500\): fix the problem that"
    with pytest.raises(BlindspotError, match=message):
        rewards(reward, STEP)
    assert reward.meter.calls["candidate_calls"] == 4, "the calls are spent"


@pytest.mark.parametrize(("failing", "warns"), [(3, True), (2, False), (0, False)])
def test_a_step_in_which_most_are_unscored_warns(
    failing: int, warns: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    reward = Reward([STAR], FailsFor(failing), OracleVerifier("invalid"), 8, meter(), form="thought")
    found = rewards(reward, STEP)
    assert found["failure"].count(None) == failing
    warning = "warning: train: 3 of 4 questions of a step are unscored: server error × 3\n"
    assert capsys.readouterr().out == (warning if warns else "")
