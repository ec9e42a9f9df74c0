"""harvest: each questioner asks about the test images, and the base asks a quota for each discovered failure mode."""

from pathlib import Path
from typing import Any

import pandas as pd
from pydantic import Field

from blindspot import store
from blindspot.checks.rollouts import ROLLOUT
from blindspot.checks.run import check
from blindspot.errors import naming, run
from blindspot.factory import open_candidate, open_questioner, open_steerable, steered
from blindspot.harvest import harvest
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
from blindspot.paths import CANDIDATE_REPLIES, DISCOVERED, DISCOVERED_MODES, QUESTIONER, ROLLOUTS, ROLLOUTS_FOLDER
from blindspot.prompts.files import read_prompts
from blindspot.protocols import Questioner
from blindspot.questioner.templates import TemplateQuestioner
from blindspot.quotas import Quota, ask_quotas, quotas_of
from blindspot.records.failure_mode import read_failure_modes
from blindspot.stage_lock import exclusive
from blindspot.taxonomy.modes.quota import MOST
from blindspot.tracking import stage_run


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
    images, work = store.read_images("test"), store.work_folder()
    candidate, files = open_candidate(chosen), prompts_files("train", "candidate")
    with naming("train.prompts"):
        sampling = (
            params.batch_size,
            params.max_new_tokens,
            params.temperature,
            read_prompts(Path(files[0]), "questioner"),
        )
    with naming("harvest.base"):
        base = open_steerable(params.base, *sampling)
    trained = open_questioner(str(QUESTIONER), *sampling)
    questioners: dict[str, Questioner] = {"trained": trained, "base": steered(base, params.base)}
    templates = TemplateQuestioner() if all(image.scene for image in images) else None
    if templates and not isinstance(base, TemplateQuestioner):  # otherwise base is the same method
        questioners["templates"] = templates
    with stage_run("harvest", work, params.model_dump(), files) as mlflow:
        rollouts = [
            rollout
            for method, questioner in questioners.items()
            for rollout in harvest(method, questioner, candidate, images, params.calls, seed)
        ]
        rollouts += ask_quotas(read_quotas(params.quota), templates or base, candidate, images, seed)
        if store.is_main_process():
            docs = work / "docs" / Path.cwd().name / "harvest"
            write_outputs(store.to_frame(rollouts), docs, mlflow, load_keep_raw())


def read_quotas(most: int) -> list[Quota]:
    """Returns the questions to ask for each failure mode that explore and train discovered; none if `most` is 0."""
    if not most:
        return []
    discovered = store.read_frame(DISCOVERED)
    return quotas_of(read_failure_modes(DISCOVERED_MODES), discovered, load("modes", ModesParams).threshold, most)


def write_outputs(rollouts: pd.DataFrame, docs: Path, mlflow: Any, keep_raw: KeepRaw) -> None:
    """Checks and writes the rollouts and all raw replies; verify, which knows the failures, selects among these."""
    rows = rollouts[[*ROLLOUT.columns]]
    check(rows, ROLLOUT, docs)
    with store.replacing(ROLLOUTS_FOLDER) as folder:
        store.write_frame(folder / ROLLOUTS.name, rows)
        if keep_raw != "none":
            replies = rollouts[["rollout_id", "raw"]]
            store.write_frame(folder / CANDIDATE_REPLIES.name, replies, compression="zstd")
    mlflow.log_metrics({f"calls/{method}": len(found) for method, found in rollouts.groupby("method")})
    mlflow.log_artifacts(str(docs), "data_docs")


if __name__ == "__main__":
    run(main, restore="dvc checkout data/rollouts")
