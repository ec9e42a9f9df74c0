"""VLM architectures other than the embedded one, with random weights: GRPO steps, a harvest and its verdicts."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from blindspot.factory import open_questioner
from blindspot.harvest import harvest
from blindspot.judges.oracle import OracleVerifier
from blindspot.models.candidate import VLMCandidate
from blindspot.models.local import GreedyVLM, LocalVLM
from blindspot.prompts.files import embedded_prompts
from blindspot.questioner.prompts import question_prompt
from blindspot.records.unscored import Unscored
from blindspot.store import to_frame
from blindspot.verification import verify
from tests.models.architectures import build, installed
from tests.training.architecture_checks import PROMPTS, of_many_shapes, train_two_steps
from tests.training.architectures_table import PAGE, measured_row

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("family", installed())
def test_the_page_of_architectures_says_what_is_measured(family: str, tmp_path: Path) -> None:
    assert measured_row(family, tmp_path) in PAGE.read_text("utf-8").splitlines()


@pytest.mark.parametrize("rank", [0, 4])
@pytest.mark.parametrize("family", installed())
def test_a_trained_architecture_harvests_and_is_verified(family: str, rank: int, tmp_path: Path) -> None:
    start, images = build(family, tmp_path / family), of_many_shapes(tmp_path / "images")
    candidate = VLMCandidate(GreedyVLM(start, batch_size=4, max_new_tokens=4), embedded_prompts("candidate"))
    checkpoint = train_two_steps(start, rank, images, tmp_path / "work")
    rollouts = harvest("trained", open_questioner(str(checkpoint), 4, 8, 1.0, PROMPTS), candidate, images, 12, 0)
    unscored = {rollout.error for rollout in rollouts} - {None}  # random weights write noise, or nothing
    assert unscored <= {Unscored.CUT_OFF, Unscored.EMPTY, Unscored.NO_QUESTION} and len(rollouts) == 12
    verdicts = verify(to_frame(rollouts), images, OracleVerifier("invalid"))
    assert verdicts["outcome"].isin(["failure", "correct", "invalid", "unscored"]).all()


@pytest.mark.parametrize("family", installed())
def test_the_output_does_not_depend_on_the_batch_size(family: str, tmp_path: Path) -> None:
    vlm, images = LocalVLM(build(family, tmp_path / family)), of_many_shapes(tmp_path / "images")
    prompts: Sequence[str] = [question_prompt(PROMPTS), "is there a red star ?"] * 3
    for temperature in (0.0, 1.0):
        whole, *parts = (vlm.complete(images, prompts, size, 8, temperature) for size in (6, 4, 1))
        for part in parts:
            assert [one[:2] for one in part] == [one[:2] for one in whole]
            assert [one.log_prob for one in part] == pytest.approx([one.log_prob for one in whole], rel=1e-3)
