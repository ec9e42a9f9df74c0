"""VLM architectures other than the embedded one, with random weights: GRPO steps, a harvest and its verdicts."""

from collections.abc import Sequence

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
from tests.models.architectures import installed
from tests.training.architecture_checks import PROMPTS
from tests.training.architectures_table import PAGE, Measured, measure

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module", params=installed())
def measured(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Measured:
    """What is measured of each family."""
    return measure(request.param, tmp_path_factory.mktemp(request.param))


def test_the_page_of_architectures_says_what_is_measured(measured: Measured) -> None:
    assert measured.row in PAGE.read_text("utf-8").splitlines()


def test_an_architecture_harvests_and_is_verified(measured: Measured) -> None:
    """A family that cannot be trained asks without training."""
    _, start, images, checkpoints = measured
    candidate = VLMCandidate(GreedyVLM(start, batch_size=4, max_new_tokens=4), embedded_prompts("candidate"))
    for questioner in checkpoints or [start]:
        rollouts = harvest("trained", open_questioner(str(questioner), 4, 8, 1.0, PROMPTS), candidate, images, 12, 0)
        unscored = {rollout.error for rollout in rollouts} - {None}  # random weights write noise, or nothing
        assert unscored <= {Unscored.CUT_OFF, Unscored.EMPTY, Unscored.NO_QUESTION} and len(rollouts) == 12
        verdicts = verify(to_frame(rollouts), images, OracleVerifier("invalid"))
        assert verdicts["outcome"].isin(["failure", "correct", "invalid", "unscored"]).all()


def test_the_output_does_not_depend_on_the_batch_size(measured: Measured) -> None:
    vlm, images = LocalVLM(measured.start), measured.images
    prompts: Sequence[str] = [question_prompt(PROMPTS), "is there a red star ?"] * 3
    for temperature in (0.0, 1.0):
        whole, *parts = (vlm.complete(images, prompts, size, 8, temperature) for size in (6, 4, 1))
        for part in parts:
            assert [one[:2] for one in part] == [one[:2] for one in whole]
            assert [one.log_prob for one in part] == pytest.approx([one.log_prob for one in whole], rel=1e-3)
