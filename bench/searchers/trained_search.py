"""A whole search by training: explore, then GRPO steered by what was found, until the budget is spent."""

from collections.abc import Sequence
from pathlib import Path
from typing import Literal

from pydantic import Field

from bench.searchers.rival_rewards import Unchecked, VisPlay
from blindspot.factory import open_questioner, open_steerable
from blindspot.models.description import describe_local
from blindspot.params import Section
from blindspot.protocols import Questioner
from blindspot.questioner.steering import SteeredQuestioner
from blindspot.records.asked import Asked
from blindspot.records.image import Image
from blindspot.rewards.trl import Reward
from blindspot.search.exploring import Exploration, explore
from blindspot.search.journal import Journal
from blindspot.training.grpo import Schedule, build_trainer
from blindspot.training.options import Lora, Vllm

UNENDING = 1_000_000  # steps: it is the budget that ends them


class Training(Section):
    """How such a search explores and trains."""

    explore: int = Field(ge=0, description="questions asked before the training, at most; 0: it is steered by nothing")
    at_least: int = Field(400, ge=0, description="of these, even where no failure is left to follow")
    together: int = Field(10, ge=1, description="questions asked before the next are chosen")
    proposals: int = Field(32, ge=1, description="questions proposed each time")
    images_per_step: int = Field(8, ge=1)
    num_generations: int = Field(8, ge=2, description="questions about each image of a step")
    learning_rate: float = Field(gt=0)
    beta: float = Field(ge=0)
    reward: Literal["ours", "unchecked", "visplay"] = Field("ours", description="the other two: rewards/rivals.py")
    weights: dict[str, float] = Field(description="of the reward's components")
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
) -> tuple[list[Asked], Questioner]:
    """All that was asked, and the trained questioner. `mode`: the threshold and the valid questions a mode needs."""
    asking = (base.batch_size, base.max_new_tokens, base.temperature)
    exploration = Exploration(how.explore, how.at_least, how.together, how.proposals, *mode)
    asked, modes = explore(exploration, seed, images, open_steerable(base.model, *asking), journal)
    targets, last = [tuple(found.features) for found in modes], list[Path]()
    rewarding = {"ours": Reward, "unchecked": Unchecked, "visplay": VisPlay}[how.reward]
    if journal.meter.ended_by(how.images_per_step * how.num_generations * rewarding.calls):
        start = open_steerable(base.model, *asking)
        return asked, SteeredQuestioner(start, targets) if targets else start
    trainer = build_trainer(
        describe_local(base.model, "the questioner"),
        images,
        targets,
        rewarding(images, journal.candidate, journal.verifier, how.archive_size, journal.meter, asked.extend),
        schedule(how, base, seed),
        lambda step, checkpoint: last.append(checkpoint),
        work,
    )
    trainer.train()
    return asked, open_questioner(str(last[-1]), *asking)


def schedule(how: Training, base: Base, seed: int) -> Schedule:
    """The part that the trainer takes."""
    return Schedule(
        steps=UNENDING,
        images_per_step=how.images_per_step,
        num_generations=how.num_generations,
        learning_rate=how.learning_rate,
        beta=how.beta,
        temperature=base.temperature,
        max_new_tokens=base.max_new_tokens,
        checkpoint_every=UNENDING,
        weights=how.weights,
        batch_size=how.images_per_step * how.num_generations,
        bf16=False,
        gradient_checkpointing=False,
        lora=Lora.model_validate({}),
        vllm=Vllm.model_validate({}),
        seed=seed,
    )
