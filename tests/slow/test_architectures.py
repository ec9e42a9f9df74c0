"""VLM architectures other than the embedded one, with random weights: GRPO steps, a harvest and its verdicts."""

from collections.abc import Sequence
from pathlib import Path

import pytest
from PIL import Image as Pictures
from transformers.integrations import MLflowCallback

from blindspot.factory import open_questioner
from blindspot.harvest import harvest
from blindspot.judges.oracle import OracleVerifier
from blindspot.models.candidate import VLMCandidate
from blindspot.models.description import describe_local
from blindspot.models.local import GreedyVLM, LocalVLM
from blindspot.prompts.files import embedded_prompts
from blindspot.questioner.prompts import question_prompt
from blindspot.records.image import Image
from blindspot.records.unscored import Unscored
from blindspot.rewards.trl import Reward
from blindspot.scenes.draw import draw_scenes, pictures_of
from blindspot.store import to_frame
from blindspot.training.grpo import build_trainer
from blindspot.verification import verify
from tests.models.architectures import FAMILIES, build
from tests.project import meter
from tests.training.scripted import EvenWords, SaysOne, training_params

pytestmark = pytest.mark.slow
PROMPTS = embedded_prompts("questioner")


def of_many_shapes(folder: Path) -> list[Image]:
    """Returns scenes, some of them stretched, so that their numbers of tiles and image tokens differ."""
    folder.mkdir()
    images = pictures_of(draw_scenes(6, seed=1), folder)
    for image, size in zip(images[:3], [(96, 40), (30, 90), (200, 200)], strict=True):
        with Pictures.open(image.path) as picture:
            picture.resize(size).save(image.path)
    return images


@pytest.mark.parametrize("rank", [0, 4])
@pytest.mark.parametrize("family", FAMILIES)
def test_an_architecture_trains_two_steps_harvests_and_is_verified(family: str, rank: int, tmp_path: Path) -> None:
    start, images = build(family, tmp_path / family), of_many_shapes(tmp_path / "images")
    candidate = VLMCandidate(GreedyVLM(start, batch_size=4, max_new_tokens=4), embedded_prompts("candidate"))
    asked: list[str] = []

    def evaluate(step: int, checkpoint: Path) -> None:
        asked.extend(one.question for one in open_questioner(str(checkpoint), 4, 8, 1.0, PROMPTS).ask(images, 0))

    reward = Reward(images, SaysOne(), EvenWords(), 64, meter(), form="thought")
    # two batches per step; the learning rate of the first step is 0
    chosen = training_params(
        steps=2, checkpoint_every=2, batch_size=4, lora={"rank": rank}, bf16=rank > 0, freeze_vision=True
    )
    trainer = build_trainer(
        describe_local(str(start), "start"),
        images,
        [("counting",), ("answer yes",)],
        reward,
        chosen,
        0,
        evaluate,
        tmp_path / "work",
    )
    trainer.remove_callback(MLflowCallback)
    trainer.train()
    assert reward.meter.calls["candidate_calls"] == 16 and len(asked) == 6
    checkpoint = tmp_path / "work" / "checkpoint-2"
    assert changed(LocalVLM(start), LocalVLM(checkpoint))
    rollouts = harvest("trained", open_questioner(str(checkpoint), 4, 8, 1.0, PROMPTS), candidate, images, 12, 0)
    unscored = {rollout.error for rollout in rollouts} - {None}  # random weights write noise, or nothing
    assert unscored <= {Unscored.CUT_OFF, Unscored.EMPTY, Unscored.NO_QUESTION} and len(rollouts) == 12
    verdicts = verify(to_frame(rollouts), images, OracleVerifier("invalid"))
    assert verdicts["outcome"].isin(["failure", "correct", "invalid", "unscored"]).all()


def changed(one: LocalVLM, other: LocalVLM) -> bool:
    ours, theirs = one.model.state_dict(), other.model.state_dict()
    assert ours.keys() == theirs.keys()
    return any(not ours[name].equal(theirs[name]) for name in ours)


@pytest.mark.parametrize("family", FAMILIES)
def test_the_output_does_not_depend_on_the_batch_size(family: str, tmp_path: Path) -> None:
    vlm, images = LocalVLM(build(family, tmp_path / family)), of_many_shapes(tmp_path / "images")
    prompts: Sequence[str] = [question_prompt(PROMPTS), "is there a red star ?"] * 3
    for temperature in (0.0, 1.0):
        whole, *parts = (vlm.complete(images, prompts, size, 8, temperature) for size in (6, 4, 1))
        for part in parts:
            assert [one[:2] for one in part] == [one[:2] for one in whole]
            assert [one.log_prob for one in part] == pytest.approx([one.log_prob for one in whole], rel=1e-3)
