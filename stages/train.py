"""train: trains the questioner with GRPO to ask valid, diverse questions that the candidate answers wrong."""

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from pydantic import Field

from blindspot import store
from blindspot.budget import Meter
from blindspot.checks.rollouts import DISCOVERED as DISCOVERED_SUITE
from blindspot.checks.run import check
from blindspot.distributed import process_state
from blindspot.errors import run
from blindspot.factory import open_candidate, open_questioner, open_verifier, refuse_absent
from blindspot.models.description import (
    Local,
    PoolOfQuestions,
    Untrained,
    describe_questioner,
)
from blindspot.models.loading import model_files, save_whole
from blindspot.models.untrained import refuse_secrets, write_untrained
from blindspot.params import (
    CandidateParams,
    ModesParams,
    VerifierParams,
    load,
    load_seed,
    prompts_files,
    read,
)
from blindspot.paths import (
    DISCOVERED,
    DISCOVERED_FOLDER,
    DISCOVERED_MODES,
    DISCOVERED_SPENT,
    EXPLORED,
    EXPLORED_MODES,
    EXPLORED_SPENT,
    QUESTIONER,
    REWARDS,
    TRAIN_METRICS,
)
from blindspot.pool.questions import Pool, read_pool
from blindspot.prompts.files import read_prompts
from blindspot.protocols import Questioner, Target
from blindspot.questioner.steering import read_targets, write_targets
from blindspot.records.failure_mode import read_failure_modes
from blindspot.records.rollout import Asked
from blindspot.records.spending import Spending, Stage
from blindspot.rewards.components import COMPONENTS
from blindspot.rewards.trl import Reward
from blindspot.search.discovered import asked_in, discover, questions_of
from blindspot.search.unasked import uniform_unasked
from blindspot.spending import open_meter, read_reserve, write_stages
from blindspot.stage_lock import exclusive
from blindspot.tracking import log_model, register, stage_run
from blindspot.training.evaluation import Evaluator, Rates
from blindspot.training.grpo import refuse_impossible
from blindspot.training.options import TrainingParams
from blindspot.training.run import train, training_table

#: What a questioner is that is not trained, by its kind.
UNTRAINED = {"endpoint": "served", "pool": "a pool of questions", "templates": "made of templates"}


class Params(TrainingParams):
    """GRPO training of the questioner. Numbers per step count over all processes."""

    base_model: str = Field(
        description="The questioner before training: folder with the weights, a YAML file such as "
        "configs/models/local.yaml, or, with `make discover`, a registered version such as "
        "models:/blindspot-questioner-scenes-candidate/3. A served questioner (configs/models/endpoint.yaml) and an "
        "extension are not trained",
    )
    archive_size: int = Field(
        512, ge=1, description="Diversity is measured against this number of latest valid questions"
    )

    def open_questioner(self, source: Local) -> Questioner:
        """Loads the questioner of a checkpoint."""
        prompts = read_prompts(Path(self.prompts), "questioner")
        return open_questioner(source, self.batch_size, self.max_new_tokens, self.temperature, prompts)


@exclusive
def main() -> None:
    """Trains the questioner, or resumes an interrupted training.

    Writes models/questioner, data/discovered and the metrics.
    """
    params = load("train", Params)
    start = describe_questioner(params.base_model, "train.base_model")
    targets = [mode.features for mode in read_failure_modes(EXPLORED_MODES)]
    if isinstance(start, Local):
        train_local(params, start, targets)
    else:
        keep_untrained(params, start, targets)


def keep_untrained(params: Params, questioner: Untrained, targets: Sequence[Target]) -> None:
    """Writes the description of a questioner that is not trained, with its targets. Makes no calls."""
    refuse_secrets(questioner, params.base_model)
    if not store.is_main_process():
        return
    inherited = read_targets(Path(params.base_model))  # if a run starts from the questioner of another run
    targets, kind = targets or inherited, UNTRAINED.get(questioner.kind, "an extension")
    print(
        f"train: {params.base_model} is {kind} and not trained (train.steps counts as 0); "
        f"it gets {len(targets)} target{'s' * (len(targets) != 1)}",
        flush=True,
    )
    logged = params.model_dump() | {"steps": 0}
    with stage_run("train", store.work_folder(), logged, prompts_files("train")):
        write_kept(questioner, targets)
        write_discovered([], Stage(Spending()), read_pool() if isinstance(questioner, PoolOfQuestions) else None)


def write_kept(questioner: Untrained, targets: Sequence[Target]) -> None:
    """Writes the outputs of the stage for a questioner that is not trained."""
    with store.replacing(QUESTIONER) as folder:
        write_untrained(questioner, folder)
        write_targets(folder, targets)
    write_metrics([], [], {"calls": 0, "judge_calls": 0, "ended_by": None})


def train_local(params: Params, start: Local, targets: Sequence[Target]) -> None:
    """Trains a questioner with local weights and writes the outputs of the stage."""
    seed = load_seed()
    chosen, judge = load("candidate", CandidateParams), load("verifier", VerifierParams)
    images, validation = store.read_images("train"), store.read_images("validation")
    refuse_impossible(start, params, len(images))
    parts = params.components()
    meter = open_meter(EXPLORED_SPENT, read_reserve(), process_state().num_processes)
    candidate, verifier = open_candidate(chosen, meter=meter), open_verifier(judge, meter=meter)
    if judge.kind == "vlm":
        refuse_absent(read()["verify"]["model"])  # verify needs it after the training
    form = read_prompts(Path(params.prompts), "questioner").form
    reward = Reward(
        images, candidate, verifier, params.archive_size, meter, start.thought_marks, form=form, parts=parts
    )
    files = prompts_files("train", "candidate", "verifier")
    with store.working("train") as work, stage_run("train", work.parents[1], params.model_dump(), files) as mlflow:
        evaluator = Evaluator(
            params.open_questioner, candidate, verifier, validation, work / "evaluations", mlflow, meter
        )
        questioner, history = train(params, start, seed, images, targets, reward, evaluator, work)
        if store.is_main_process():
            ended = end_of(meter, len(history), params, evaluator.questions)
            spent: dict[str, object] = {"calls": len(reward.asked), "ended_by": ended.ended_by}
            write_outputs(questioner, targets, history, evaluator.found(), spent, [one.name for one in parts])
            write_discovered(reward.asked, ended)
            evaluator.log_comparison()
            if params.steps and evaluator.found():
                whole = log_model(mlflow, model_files(QUESTIONER)) if params.lora.rank else evaluator.last_model()
                register(mlflow, whole, float(evaluator.found()[-1]["failure_rate"] or 0.0))


def end_of(meter: Meter, steps: int, params: Params, evaluated: int) -> Stage:
    """Returns what the training has spent, and the limit that ended it after `steps` steps."""
    meter.show(always=True)
    if steps == params.steps:
        return meter.stage()
    limit = meter.ended_by(params.questions_per_step + evaluated)
    if not steps:
        print(f"train: ends after step 0 of {params.steps}: budget.{limit}", flush=True)
    return meter.stage(limit, f"{params.steps - steps:,} of {params.steps:,} steps")


def write_outputs(
    questioner: Local,
    targets: Sequence[Target],
    history: Sequence[dict[str, float]],
    evaluations: Sequence[Rates],
    spent: dict[str, object],
    components: Sequence[str] = COMPONENTS,
) -> None:
    """Writes the questioner with its targets, the rewards of each step and the metrics of each checkpoint."""
    with store.replacing(QUESTIONER) as folder:
        save_whole(questioner, folder)
        write_targets(folder, targets)
    write_metrics(history, evaluations, spent, components)


def write_discovered(trained: Sequence[Asked], ended: Stage, pool: Pool | None = None) -> None:
    """Writes the questions that explore and train asked, the failure modes in them, and what was spent.

    `ended`: what the training has spent. `pool`: that explore asked from; its modes may have features of the wording.
    """
    how, worded = load("modes", ModesParams), None if pool else frozenset[str]()
    questions = questions_of(asked_in(store.read_frame(EXPLORED)), trained)
    few, explored = int(read()["explore"]["min_asked"]), read_failure_modes(EXPLORED_MODES)
    unasked = uniform_unasked(store.read_images("train"), pool, load_seed())
    found = discover(questions, explored, how.threshold, few, how.min_asked, worded, unasked)
    if len(questions):
        check(questions, DISCOVERED_SUITE, store.work_folder() / "docs" / Path.cwd().name / "train")
    with store.replacing(DISCOVERED_FOLDER) as folder:
        store.write_frame(folder / DISCOVERED.name, questions)
        store.write_json(folder / DISCOVERED_MODES.name, [asdict(mode) for mode in found])
        write_stages(folder / DISCOVERED_SPENT.name, "train", ended, EXPLORED_SPENT)


def write_metrics(
    history: Sequence[dict[str, float]],
    evaluations: Sequence[Rates],
    spent: dict[str, object],
    components: Sequence[str] = COMPONENTS,
) -> None:
    """Writes the rewards of each step and the metrics of the training; without evaluations, `validation` is null.

    `components`: the names of the reward's components.
    """
    store.write_csv(REWARDS, training_table(history, evaluations, components))
    last = evaluations[-1] if evaluations else None
    store.write_json(TRAIN_METRICS, {"steps": len(history)} | spent | {"validation": last})


if __name__ == "__main__":
    run(main)
