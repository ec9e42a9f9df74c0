"""harvest: the trained questioner, the base questioner and uniform templates each ask about the test images."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pandas as pd
from pydantic import Field

from blindspot import store
from blindspot.checks.rollouts import ROLLOUT
from blindspot.checks.run import check
from blindspot.errors import naming, run
from blindspot.factory import open_candidate, open_questioner
from blindspot.harvest import harvest
from blindspot.params import CandidateParams, GenerationParams, KeepRaw, load, load_keep_raw, load_seed, prompts_files
from blindspot.paths import CANDIDATE_REPLIES, QUESTIONER, ROLLOUTS, ROLLOUTS_FOLDER
from blindspot.prompts.files import RolePrompts, read_prompts
from blindspot.protocols import Questioner
from blindspot.questioner.templates import TemplateQuestioner
from blindspot.records.image import Image
from blindspot.stage_lock import exclusive
from blindspot.tracking import stage_run


class Params(GenerationParams):
    """Questions about the test images by the trained questioner, the base questioner and, for scenes, templates."""

    base: str = Field(
        description="The untrained questioner to compare with: folder with the weights, or a YAML file such as "
        "configs/models/local.yaml or endpoint.yaml",
    )
    calls: int = Field(2000, ge=1, description="Questions by each of them; the images are used in turn")


@exclusive
def main() -> None:
    """Harvests questions with each method and writes data/rollouts."""
    params, seed, chosen = load("harvest", Params), load_seed(), load("candidate", CandidateParams)
    images, work = store.read_images("test"), store.work_folder()
    candidate, files = open_candidate(chosen), prompts_files("train", "candidate")
    with naming("train.prompts"):
        prompts = read_prompts(Path(files[0]), "questioner")
    with stage_run("harvest", work, params.model_dump(), files) as mlflow:
        rollouts = [
            rollout
            for method, questioner in choose_questioners(params, prompts, images).items()
            for rollout in harvest(method, questioner, candidate, images, params.calls, seed)
        ]
        if store.is_main_process():
            docs = work / "docs" / Path.cwd().name / "harvest"
            write_outputs(store.to_frame(rollouts), docs, mlflow, load_keep_raw())


def choose_questioners(params: Params, prompts: RolePrompts, images: Sequence[Image]) -> dict[str, Questioner]:
    """Returns the questioner of each method. Templates require that all images are scenes."""
    sampling = (params.batch_size, params.max_new_tokens, params.temperature, prompts)
    found: dict[str, Questioner] = {"trained": open_questioner(str(QUESTIONER), *sampling)}
    with naming("harvest.base"):
        found["base"] = open_questioner(params.base, *sampling)
    if all(image.scene for image in images):
        found["templates"] = TemplateQuestioner()
    return found


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
