"""harvest: the trained questioner, the untrained base and uniform templates ask about test images, equally often."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pandas as pd
from pydantic import Field
from tqdm import tqdm

from blindspot import store
from blindspot.checks.rollout import COLUMNS, ROLLOUT
from blindspot.checks.run import check
from blindspot.distributed import BLOCK, process_state
from blindspot.errors import run
from blindspot.factory import open_candidate, open_questioner
from blindspot.params import CandidateParams, KeepRaw, Section, load, load_keep_raw, load_seed
from blindspot.protocols import Candidate, Questioner
from blindspot.questioner.templates import TemplateQuestioner
from blindspot.records.image import Image
from blindspot.records.rollout import Rollout
from blindspot.tracking import stage_run

TRAINED = Path("models/questioner")
ROLLOUTS = Path("data/rollouts")
SEED_STRIDE = 1_000_003  # between the seeds of two runs, above any number of calls


class Params(Section):
    """How much is asked, and how."""

    base: str = Field("models/scenes-questioner", description="the untrained questioner: a folder, or a YAML file")
    calls: int = Field(1200, ge=1, description="questions that each method asks, over the test images in turn")
    batch_size: int = Field(256, ge=1, description="questions asked at once: a matter of memory alone, up to 256")
    temperature: float = Field(1.0, gt=0)
    max_new_tokens: int = Field(96, ge=1, description="longest question, in tokens, with what is thought before it")


def main() -> None:
    """Asks by every method and writes data/rollouts."""
    params, seed, chosen = load("harvest", Params), load_seed(), load("candidate", CandidateParams)
    images, work = store.read_images("test"), store.work_folder()
    candidate = open_candidate(chosen)
    with stage_run("harvest", work, params.model_dump()) as mlflow:
        rollouts = [
            rollout
            for method, questioner in choose_questioners(params, images).items()
            for rollout in harvest(method, questioner, candidate, images, params, seed)
        ]
        if store.is_main_process():
            docs = work / "docs" / Path.cwd().name / "harvest"
            write(store.to_frame(rollouts), docs, mlflow, load_keep_raw())


def choose_questioners(params: Params, images: Sequence[Image]) -> dict[str, Questioner]:
    """Who asks, by method. Templates need scenes."""
    sampling = (params.batch_size, params.max_new_tokens, params.temperature)
    found: dict[str, Questioner] = {
        "trained": open_questioner(str(TRAINED), *sampling),
        "base": open_questioner(params.base, *sampling),
    }
    if all(image.scene for image in images):
        found["templates"] = TemplateQuestioner()
    return found


def harvest(
    method: str, questioner: Questioner, candidate: Candidate, images: Sequence[Image], params: Params, seed: int
) -> list[Rollout]:
    """`params.calls` rollouts of one method, on every rank all of them, in order.

    Ranks share the work block by block; a block's seed is its own, so their number changes nothing.
    """
    from accelerate.utils import gather_object

    state = process_state()
    asked = [images[call % len(images)] for call in range(params.calls)]
    starts = range(0, params.calls, BLOCK)[state.process_index :: state.num_processes]
    found = []
    for start in tqdm(starts, f"harvest: {method}", disable=not state.is_main_process):
        block = asked[start : start + BLOCK]
        questions = questioner.ask(block, seed=seed * SEED_STRIDE + start)
        answers = candidate.answer(block, questions)
        found += [
            Rollout(
                rollout_id=f"{method}-{start + index:06d}",
                method=method,
                image_id=image.image_id,
                question=question,
                answer=answer.text,
                questioner=questioner.identity,
                candidate=candidate.identity,
                error=answer.error,
                message=answer.message or None,
                raw=answer.raw,
            )
            for index, (image, question, answer) in enumerate(zip(block, questions, answers, strict=True))
        ]
    return sorted(gather_object(found), key=lambda rollout: rollout.rollout_id)


def write(rollouts: pd.DataFrame, docs: Path, mlflow: Any, keep_raw: KeepRaw) -> None:
    """Checks the rollouts and hands them over. Which raw replies stay, `verify` decides: it knows the failures."""
    check(rollouts[[*COLUMNS]], ROLLOUT, docs)
    with store.replacing(ROLLOUTS) as folder:
        store.write_frame(folder / "rollouts.parquet", rollouts[[*COLUMNS]])
        if keep_raw != "none":
            store.write_frame(folder / "replies.parquet", rollouts[["rollout_id", "raw"]], compression="zstd")
    mlflow.log_metrics({f"calls/{method}": len(rows) for method, rows in rollouts.groupby("method")})
    mlflow.log_artifacts(str(docs), "data_docs")


if __name__ == "__main__":
    run(main, restore="dvc checkout data/rollouts")
