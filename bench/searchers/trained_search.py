"""Searches that train: exploration, then GRPO steered by the failure modes found, until the budget is spent."""

from collections.abc import Sequence
from pathlib import Path
from typing import Literal

from pydantic import Field

from bench.searchers.rival_rewards import Unchecked, VisPlay
from blindspot.factory import open_questioner, open_steerable
from blindspot.models.description import describe_local
from blindspot.params import Section
from blindspot.prompts.files import SCENES, embedded_prompts
from blindspot.protocols import Questioner
from blindspot.questioner.steering import SteeredQuestioner
from blindspot.records.image import Image
from blindspot.records.rollout import Asked
from blindspot.rewards.trl import Reward
from blindspot.search.exploring import Exploration, explore
from blindspot.search.journal import Journal
from blindspot.training.grpo import build_trainer
from blindspot.training.options import TrainingParams

#: How an embedded questioner is trained, in place of the default values, which are for large ones.
EMBEDDED = {"lora": {"rank": 0}, "bf16": False, "gradient_checkpointing": False, "freeze_vision": False}
UNENDING = 1_000_000  # steps; the budget ends the training earlier


class Training(Section):
    """The settings of exploration and training, as in the sections explore and train of params.yaml."""

    explore: int = Field(ge=0, description="maximum of explored questions; 0: the training is not steered")
    at_least: int = Field(400, ge=0, description="minimum of explored questions, even if no failure is left to follow")
    together: int = Field(10, ge=1, description="questions asked before the next ones are chosen")
    proposals: int = Field(32, ge=1, description="questions proposed each time")
    images_per_step: int = Field(8, ge=1)
    num_generations: int = Field(8, ge=2, description="questions per image of a step")
    learning_rate: float = Field(gt=0)
    beta: float = Field(ge=0)
    reward: Literal["ours", "unchecked", "visplay"] = Field(
        "ours", description="unchecked and visplay: bench/searchers/rival_rewards.py"
    )
    weights: dict[str, float] = Field(description="weights of the reward's components")
    archive_size: int = Field(512, ge=1)


class Base(Section):
    """The questioner that every method starts from."""

    model: str
    batch_size: int
    temperature: float
    max_new_tokens: int


def search_by_training(
    how: Training,
    base: Base,
    mode: tuple[float, int],
    seed: int,
    images: Sequence[Image],
    journal: Journal,
    work: Path,
) -> tuple[list[Asked], list[Asked], Questioner]:
    """Runs the search. Returns the questions of the exploration, those of the training, and the trained questioner.

    `mode`: the threshold of a failure mode, and its minimum of valid questions.
    """
    asking = (base.batch_size, base.max_new_tokens, base.temperature, embedded_prompts("questioner"))
    threshold, min_asked = mode
    asked, modes = explore(
        exploration(how, min_asked),
        seed,
        images,
        open_steerable(base.model, *asking),
        journal,
        threshold=threshold,
    )
    targets, last = [tuple(found.features) for found in modes], list[Path]()
    reward = {"ours": Reward, "unchecked": Unchecked, "visplay": VisPlay}[how.reward]
    if journal.meter.ended_by(how.images_per_step * how.num_generations * reward.calls):
        start = open_steerable(base.model, *asking)
        return asked, [], SteeredQuestioner(start, targets) if targets else start
    scoring = reward(images, journal.candidate, journal.verifier, how.archive_size, journal.meter, form="thought")
    trainer = build_trainer(
        describe_local(base.model, "the questioner"),
        images,
        targets,
        scoring,
        training_params(how, base),
        seed,
        lambda step, checkpoint: last.append(checkpoint),
        work,
    )
    trainer.train()
    return asked, scoring.asked, open_questioner(str(last[-1]), *asking)


def exploration(how: Training, min_asked: int) -> Exploration:
    """Returns the parameters of the exploration."""
    return Exploration(
        calls=how.explore,
        at_least=how.at_least,
        together=how.together,
        proposals=how.proposals,
        min_asked=min_asked,
    )


def training_params(how: Training, base: Base) -> TrainingParams:
    """Returns the parameters of the trainer."""
    return TrainingParams.model_validate(
        {
            "steps": UNENDING,
            "images_per_step": how.images_per_step,
            "num_generations": how.num_generations,
            "learning_rate": how.learning_rate,
            "beta": how.beta,
            "temperature": base.temperature,
            "max_new_tokens": base.max_new_tokens,
            "checkpoint_every": UNENDING,
            "weights": how.weights,
            "prompts": str(SCENES),
            **EMBEDDED,
            "batch_size": how.images_per_step * how.num_generations,
        }
    )
