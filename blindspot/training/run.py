"""Runs a training of the questioner, and tabulates what it measured."""

from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from blindspot.distributed import process_state
from blindspot.models.description import Local
from blindspot.protocols import Target
from blindspot.records.image import Image
from blindspot.rewards.trl import Reward
from blindspot.store import is_main_process
from blindspot.training.checkpoints import history_of, last_checkpoint, restore, step_of
from blindspot.training.evaluation import Evaluator, Rates
from blindspot.training.grpo import build_trainer
from blindspot.training.options import TrainingParams

#: Metrics of a checkpoint in the table.
CHECKPOINT_COLUMNS = (
    *("failure_rate", "valid_rate", "vendi", "distinct_failures_per_1000_calls"),
    *("primitives_per_question", "words_per_question", "inconspicuous"),
)


def train(
    params: TrainingParams,
    start: Local,
    seed: int,
    images: Sequence[Image],
    targets: Sequence[Target],
    reward: Reward,
    evaluator: Evaluator,
    folder: Path,
) -> tuple[Local, list[dict[str, float]]]:
    """Trains the questioner `start` for `params.steps` steps, or until the budget of the reward's meter is spent.

    The budget must suffice for a step and for the evaluation of a checkpoint after it.
    Resumes from the last complete checkpoint in `folder` if there is one. Returns the trained questioner and the
    trainer's log, one row per step.
    """

    def questioner_in(checkpoint: Path) -> Local:
        return start.model_copy(update={"model": str(checkpoint), "revision": None})

    def evaluate(step: int, checkpoint: Path) -> None:
        evaluator.evaluate(step, questioner_in(checkpoint))

    meter, last = reward.meter, last_checkpoint(folder)
    if last:
        restore(reward, last)
        print(f"train: resuming from step {step_of(last)} of {params.steps}", flush=True)
    elif is_main_process() and not meter.ended_by(evaluator.questions):
        evaluator.evaluate(0, start)
    meter.sync()
    spent = meter.agreed(meter.ended_by(params.questions_per_step + evaluator.questions))
    if last is None and (spent or params.steps == 0):
        return start, []
    if last is None or (step_of(last) < params.steps and not spent):
        trainer = build_trainer(
            start, images, targets, reward, params, seed, evaluate, folder, evaluated=evaluator.questions
        )
        trainer.train(resume_from_checkpoint=str(last) if last else None)
        process_state().wait_for_everyone()  # until the first rank has completed the last checkpoint
        last = last_checkpoint(folder)
    assert last is not None  # every training ends with a checkpoint
    return questioner_in(last), [row for row in history_of(last) if "reward" in row]


def training_table(
    history: Sequence[dict[str, float]], evaluations: Sequence[Rates], components: Sequence[str]
) -> pd.DataFrame:
    """Returns a table with a row per step: the mean reward, its components, and the metrics of checkpoints.

    `components`: the names of the reward's components.
    """
    steps = pd.DataFrame(
        [
            {"step": int(row["step"]), "reward": row["reward"]}
            | {name: row[f"rewards/{name}/mean"] for name in components}
            for row in history
        ],
        columns=["step", "reward", *components],
    )
    checkpoints = pd.DataFrame(evaluations, columns=["step", *CHECKPOINT_COLUMNS])
    return steps.merge(checkpoints, on="step", how="outer")
