"""train: GRPO teaches the questioner to ask valid, varied questions that the candidate gets wrong."""

from collections.abc import Sequence
from pathlib import Path

import pandas as pd
from pydantic import Field

from blindspot import store
from blindspot.budget import Meter
from blindspot.distributed import process_state
from blindspot.errors import BlindspotError, run
from blindspot.factory import open_candidate, open_questioner, open_verifier, refuse_absent
from blindspot.models.description import Local, describe_local
from blindspot.models.loading import model_files, save_whole
from blindspot.params import BudgetParams, CandidateParams, Section, VerifierParams, load, load_seed, read
from blindspot.protocols import Questioner, Target
from blindspot.questioner.steering import write_targets
from blindspot.records.image import Image
from blindspot.rewards.components import COMPONENTS
from blindspot.rewards.trl import Reward
from blindspot.tracking import log_model, register, stage_run
from blindspot.training.checkpoints import history_of, last_checkpoint, restore, step_of
from blindspot.training.evaluation import Evaluator, Rates
from blindspot.training.grpo import Schedule, build_trainer, refuse_impossible
from blindspot.training.options import Lora, Vllm

MODEL = Path("models/questioner")
MODES, EXPLORED = Path("data/explored/modes.json"), Path("data/explored/spent.json")
METRICS = Path("metrics/train.json")
REWARDS = Path("metrics/rewards.csv")
CHECKPOINTS = (
    *("failure_rate", "valid_rate", "vendi", "distinct_failures_per_1000_calls"),
    *("primitives_per_question", "words_per_question", "inconspicuous"),
)  # what a checkpoint is measured by


class Weights(Section):
    """What each component of the reward counts."""

    failure: float = Field(1.0, ge=0, description="a valid question that the candidate fails")
    semantic_diversity: float = Field(1.5, ge=0, description="unlike the questions asked so far, in meaning")
    lexical_diversity: float = Field(0.25, ge=0, description="unlike them in word pairs")
    invalid: float = Field(4.0, ge=0, description="penalty for an invalid question")


class Params(Section):
    """How the questioner is trained."""

    base_model: str = Field("models/scenes-questioner", description="the questioner: a folder, or a YAML file")
    steps: int = Field(100, ge=0, description="updates; 0 harvests with base_model as it is")
    images_per_step: int = Field(8, ge=1, description="images asked about at each step")
    num_generations: int = Field(8, ge=2, description="questions about each image, compared with one another")
    learning_rate: float = Field(1e-4, gt=0)
    beta: float = Field(0.04, ge=0, description="how hard it is held to where it started")
    temperature: float = Field(1.0, gt=0)
    max_new_tokens: int = Field(96, ge=1, description="longest question, in tokens, with what is thought before it")
    checkpoint_every: int = Field(25, ge=1, description="steps between evaluated checkpoints")
    archive_size: int = Field(512, ge=1, description="latest valid questions that novelty is measured against")
    weights: Weights = Field(Weights.model_validate({}))
    batch_size: int = Field(64, ge=1, description="questions that a rank learns from, or asks, at once: memory alone")
    bf16: bool = Field(False, description="compute in bfloat16, whatever the weights' own dtype is")
    gradient_checkpointing: bool = Field(False, description="compute activations twice rather than keep them")
    lora: Lora = Field(Lora.model_validate({}))
    vllm: Vllm = Field(Vllm.model_validate({}))

    @property
    def questions(self) -> int:
        """Asked in a step."""
        return self.images_per_step * self.num_generations

    def open_questioner(self, source: Local) -> Questioner:
        """The start or a checkpoint, loaded to ask questions."""
        return open_questioner(source, self.batch_size, self.max_new_tokens, self.temperature)

    def schedule(self, seed: int) -> Schedule:
        """The part that the trainer takes."""
        shared = self.model_dump(exclude={"base_model", "archive_size", "lora", "vllm"})
        return Schedule(**shared, lora=self.lora, vllm=self.vllm, seed=seed)


def main() -> None:
    """Trains, or goes on from the last checkpoint, and hands over the questioner."""
    params, seed = load("train", Params), load_seed()
    chosen, judge = load("candidate", CandidateParams), load("verifier", VerifierParams)
    images, validation = store.read_images("train"), store.read_images("validation")
    start = describe_local(params.base_model, "train.base_model")
    refuse_impossible(start, params.schedule(seed))
    if params.steps and len(images) < params.images_per_step:
        raise BlindspotError(
            f"{len(images)} training images are fewer than train.images_per_step, {params.images_per_step}",
            "lower it, or raise prepare.splits.train",
        )
    candidate = open_candidate(chosen)
    verifier = open_verifier(judge)
    if judge.kind == "vlm":
        refuse_absent(read()["verify"]["model"])  # verify's own, whose absence is better told before the training
    meter = Meter(load("budget", BudgetParams))
    explored = store.read_json(EXPLORED)
    meter.spend(**explored)
    reward = Reward(images, candidate, verifier, params.archive_size, meter, marks=start.thought_marks)
    targets = [tuple(mode["features"]) for mode in store.read_json(MODES)]
    with store.working("train") as work, stage_run("train", work.parents[1], params.model_dump()) as mlflow:
        evaluator = Evaluator(params.open_questioner, candidate, verifier, validation, work / "evaluations", mlflow)
        questioner, history = train(params, start, seed, images, targets, reward, evaluator, work)
        if store.is_main_process():
            ended = meter.ended_by(params.questions) if len(history) < params.steps else None
            spent = {"calls": meter.calls["candidate_calls"] - explored["candidate_calls"], "ended_by": ended}
            hand_over(questioner, targets, history, evaluator.found(), spent)
            if params.steps:
                whole = log_model(mlflow, model_files(MODEL)) if params.lora.rank else evaluator.last_model()
                register(mlflow, whole, float(evaluator.found()[-1]["failure_rate"] or 0.0))


def train(
    params: Params,
    start: Local,
    seed: int,
    images: Sequence[Image],
    targets: Sequence[Target],
    reward: Reward,
    evaluator: Evaluator,
    work: Path,
) -> tuple[Local, list[dict[str, float]]]:
    """Trains to `params.steps`, from the last whole checkpoint in `work` if there is one.

    Returns the trained questioner and the trainer's log, a row a step.
    """

    def checkpoint(folder: Path) -> Local:
        return start.model_copy(update={"model": str(folder), "revision": None})

    def evaluate(step: int, folder: Path) -> None:
        evaluator.evaluate(step, checkpoint(folder))

    last = last_checkpoint(work)
    if last:
        restore(reward, last)
        print(f"train: going on from step {step_of(last)} of {params.steps}", flush=True)
    elif store.is_main_process():
        evaluator.evaluate(0, start)
    spent = reward.meter.ended_by(params.questions)
    if last is None and (spent or params.steps == 0):
        return start, []
    if last is None or (step_of(last) < params.steps and not spent):
        trainer = build_trainer(start, images, targets, reward, params.schedule(seed), evaluate, work)
        trainer.train(resume_from_checkpoint=str(last) if last else None)
        process_state().wait_for_everyone()  # the first one makes the last checkpoint whole, after the others are done
        last = last_checkpoint(work)
    assert last is not None  # a training ends with a checkpoint
    return checkpoint(last), [row for row in history_of(last) if "reward" in row]


def hand_over(
    questioner: Local,
    targets: Sequence[Target],
    history: list[dict[str, float]],
    evaluations: list[Rates],
    spent: dict[str, object],
) -> None:
    """Writes the questioner with its targets, its rewards by component at every step, and how each checkpoint did."""
    with store.replacing(MODEL) as folder:
        save_whole(questioner, folder)
        write_targets(folder, targets)
    steps = pd.DataFrame(
        [
            {"step": int(row["step"]), "reward": row["reward"]}
            | {name: row[f"rewards/{name}/mean"] for name in COMPONENTS}
            for row in history
        ],
        columns=["step", "reward", *COMPONENTS],
    )
    checkpoints = pd.DataFrame(evaluations)[["step", *CHECKPOINTS]]
    store.write_csv(REWARDS, steps.merge(checkpoints, on="step", how="outer"))
    store.write_json(METRICS, {"steps": len(history)} | spent | {"validation": evaluations[-1]})


if __name__ == "__main__":
    run(main, restore="dvc checkout models/questioner metrics/train.json metrics/rewards.csv")
