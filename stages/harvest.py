"""harvest: each questioner asks about the test images, and the base asks a quota for each discovered failure mode."""

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import pandas as pd
from pydantic import Field

from blindspot import store
from blindspot.budget import Meter
from blindspot.checks.rollouts import ROLLOUT
from blindspot.checks.run import check
from blindspot.confirmation import PROPOSED_PER_CALL, samples_of
from blindspot.distributed import process_state
from blindspot.errors import BlindspotError, naming, run
from blindspot.factory import open_candidate, open_questioner, open_steerable, steered
from blindspot.harvest import harvest
from blindspot.harvest_budget import HarvestBudget, Planned, cut, cut_quotas
from blindspot.models.description import Server, describe_questioner
from blindspot.params import (
    CandidateParams,
    GenerationParams,
    KeepRaw,
    ModesParams,
    load,
    load_keep_raw,
    load_seed,
    prompts_files,
)
from blindspot.paths import (
    CANDIDATE_REPLIES,
    DISCOVERED,
    DISCOVERED_MODES,
    DISCOVERED_SPENT,
    QUESTIONER,
    ROLLOUTS,
    ROLLOUTS_FOLDER,
    ROLLOUTS_SPENT,
)
from blindspot.pool.questions import Pool, read_pool
from blindspot.pool_harvest import harvest_pool
from blindspot.prompts.files import read_prompts
from blindspot.protocols import Candidate, Questioner
from blindspot.questioner.steering import read_targets
from blindspot.questioner.templates import TemplateQuestioner
from blindspot.quotas import Quota, ask_quotas, quotas_of
from blindspot.records.failure_mode import read_failure_modes
from blindspot.records.image import Image
from blindspot.records.rollout import NOT_ASKED, QUOTA, Rollout
from blindspot.records.spending import Stage
from blindspot.spending import keep_only, open_meter, read_reserve, write_stages
from blindspot.stage_lock import exclusive
from blindspot.taxonomy.modes.quota import MOST
from blindspot.tracking import stage_run

#: Returns the rollouts of all methods and quotas.
Harvest = Callable[[Sequence[Quota], Candidate, Sequence[Image], int, int, HarvestBudget], list[Rollout]]


class Params(GenerationParams):
    """Questions about the test images by the trained questioner, the base questioner and, for scenes, templates."""

    base: str = Field(
        description="The untrained questioner to compare with: folder with the weights, or a YAML file such as "
        "configs/models/local.yaml or endpoint.yaml",
    )
    calls: int = Field(2000, ge=1, description="Questions by each of them; the images are used in turn")
    quota: int = Field(
        MOST,
        ge=0,
        description="Most valid questions to confirm a discovered failure mode with (docs/modes.md); 0: it is "
        "confirmed with the other questions of the harvest",
    )


@exclusive
def main() -> None:
    """Harvests questions with each method and for each discovered failure mode; writes data/rollouts."""
    params, seed, chosen = load("harvest", Params), load_seed(), load("candidate", CandidateParams)
    images, work, files = store.read_images("test"), store.work_folder(), prompts_files("train", "candidate")
    pool = find_pool(params.base)
    reserve = read_reserve()
    meter = open_meter(DISCOVERED_SPENT, keep_only(reserve), process_state().num_processes)
    candidate, budget = open_candidate(chosen, pool, meter), HarvestBudget(meter, reserve)
    collect = (
        partial(harvest_pool, pool.about(images), read_targets(QUESTIONER))
        if pool
        else by_questioners(params, images, meter)
    )
    with stage_run("harvest", work, params.model_dump(), files) as mlflow:
        rollouts = collect(read_quotas(params.quota), candidate, images, params.calls, seed, budget)
        ended = budget.end(rollouts)
        if not rollouts:
            raise BlindspotError(f"budget.{ended.ended_by} is spent before the harvest", "raise this limit")
        if store.is_main_process():
            meter.show(always=True)
            docs = work / "docs" / Path.cwd().name / "harvest"
            write_outputs(store.to_frame(rollouts), ended, docs, mlflow, load_keep_raw())


def find_pool(base: str) -> Pool | None:
    """Returns the pool that questions are drawn from, None if questioners ask.

    Raises BlindspotError if only one of the trained questioner and `base` is a pool.
    """
    kinds = [describe_questioner(str(QUESTIONER)).kind, describe_questioner(base, "harvest.base").kind]
    if "pool" not in kinds:
        return None
    if kinds.count("pool") == 1:
        raise BlindspotError(
            "train.base_model and harvest.base are not both a pool of questions",
            "set both to configs/models/pool.yaml",
        )
    return read_pool()


def by_questioners(params: Params, images: Sequence[Image], meter: Meter) -> Harvest:
    """Returns a function that harvests with each questioner, and asks the quotas."""
    with naming("train.prompts"):
        prompts = read_prompts(Path(prompts_files("train")[0]), "questioner")
    sampling = params.batch_size, params.max_new_tokens, params.temperature, prompts, meter
    with naming("harvest.base"):
        base = open_steerable(params.base, *sampling)
    trained = open_questioner(str(QUESTIONER), *sampling)
    questioners: dict[str, Questioner] = {"trained": trained, "base": steered(base, params.base)}
    templates = TemplateQuestioner() if all(image.scene for image in images) else None
    if templates and not isinstance(base, TemplateQuestioner):  # otherwise base is the same method
        questioners["templates"] = templates

    replies = replies_of(params.base, templates is None)

    def collect(
        quotas: Sequence[Quota],
        candidate: Candidate,
        images: Sequence[Image],
        calls: int,
        seed: int,
        budget: HarvestBudget,
    ) -> list[Rollout]:
        methods = [Planned(calls, replies[method]) for method in questioners]
        planned = [Planned(one.valid if templates else one.asked, replies[QUOTA]) for one in quotas]
        fitting = cut_quotas(quotas, budget.plan(*methods, *planned))
        # The quotas come first: without them, no failure mode could be confirmed.
        confirming = ask_quotas(fitting, templates or base, candidate, images, seed, meter)
        budget.asked(sum(one.candidate != NOT_ASKED for one in confirming))
        fitting_calls = cut(calls, budget.plan(*methods))
        rollouts = [
            rollout
            for method, questioner in questioners.items()
            for rollout in harvest(method, questioner, candidate, images, fitting_calls, seed, meter)
        ]
        return rollouts + confirming

    return collect


def replies_of(base: str, base_asks_quotas: bool) -> dict[str, float]:
    """Returns the replies of a served questioner for each question of a method or quota."""
    start, other = describe_questioner(str(QUESTIONER)), describe_questioner(base)
    samples = samples_of(start, bool(read_targets(QUESTIONER))) if isinstance(start, Server) else 0
    served = isinstance(other, Server)
    return {"trained": samples, "base": served, "templates": 0, QUOTA: PROPOSED_PER_CALL * served * base_asks_quotas}


def read_quotas(most: int) -> list[Quota]:
    """Returns the questions to ask for each failure mode that explore and train discovered; none if `most` is 0."""
    if not most:
        return []
    discovered = store.read_frame(DISCOVERED)
    return quotas_of(read_failure_modes(DISCOVERED_MODES), discovered, load("modes", ModesParams).threshold, most)


def write_outputs(rollouts: pd.DataFrame, ended: Stage, docs: Path, mlflow: Any, keep_raw: KeepRaw) -> None:
    """Checks and writes the rollouts and all raw replies; verify, which knows the failures, selects among these."""
    rows = rollouts[[*ROLLOUT.columns]]
    check(rows, ROLLOUT, docs)
    with store.replacing(ROLLOUTS_FOLDER) as folder:
        store.write_frame(folder / ROLLOUTS.name, rows)
        write_stages(folder / ROLLOUTS_SPENT.name, "harvest", ended, DISCOVERED_SPENT)
        if keep_raw != "none":
            replies = rollouts[["rollout_id", "raw"]]
            store.write_frame(folder / CANDIDATE_REPLIES.name, replies, compression="zstd")
    mlflow.log_metrics({f"calls/{method}": len(found) for method, found in rollouts.groupby("method")})
    mlflow.log_artifacts(str(docs), "data_docs")


if __name__ == "__main__":
    run(main)
