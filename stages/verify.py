"""verify: what the verifier says of every rollout, and the rates of each method."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pandas as pd
from pydantic import Field

from blindspot import store
from blindspot.checks.run import check
from blindspot.checks.verdict import COLUMNS, VERDICT
from blindspot.errors import BlindspotError, run
from blindspot.metrics import rates
from blindspot.opening import open_verifier
from blindspot.params import Section, VerifierParams, load
from blindspot.protocols import Verifier
from blindspot.records.answer import Answer
from blindspot.records.image import Image
from blindspot.records.rollout import METHODS
from blindspot.tracking import stage_run
from blindspot.verifiers.judging import judge_all

ROLLOUTS = Path("data/rollouts/rollouts.parquet")
VERDICTS = Path("data/verdicts")
METRICS = Path("metrics/verify.json")


class Params(Section):
    """When verdicts are not to be trusted."""

    max_error_rate: float = Field(0.02, ge=0, le=1, description="of a method's rollouts; more fails the stage")


def main() -> None:
    """Writes data/verdicts and metrics/verify.json."""
    params, judge_params, work = load("verify", Params), load("verifier", VerifierParams), store.work_folder()
    docs = work / "docs" / Path.cwd().name / "verify"
    images, rollouts = store.read_images("test"), store.read_frame(ROLLOUTS)
    with stage_run("verify", work, params.model_dump() | {"verifier": judge_params.model_dump()}) as mlflow:
        verdicts = verify(rollouts, images, open_verifier(judge_params))
        metrics = measure(verdicts)
        refuse_errors(verdicts, params.max_error_rate)
        check(verdicts, VERDICT, docs)
        with store.replacing(VERDICTS) as beside:
            store.write_frame(beside / "verdicts.parquet", verdicts)
            store.write_json(METRICS, metrics)
        log(mlflow, metrics, docs)


def verify(rollouts: pd.DataFrame, images: Sequence[Image], verifier: Verifier) -> pd.DataFrame:
    """A verdict for each rollout, in the same order; one that was not asked or answered is an error.

    Raises BlindspotError where a rollout's image is not among `images`.
    """
    known = {image.image_id: image for image in images}
    if unknown := sorted(set(rollouts["image_id"]) - known.keys()):
        raise BlindspotError(
            f"rollouts ask about image {unknown[0]}, which is not in the test split", "repeat harvest"
        )
    errors = rollouts["error"].astype(object).where(rollouts["error"].notna(), None)
    answers = [Answer(text, error) for text, error in zip(rollouts["answer"], errors, strict=True)]
    asked_about = [known[name] for name in rollouts["image_id"]]
    verdicts = judge_all(verifier, asked_about, [*rollouts["question"]], answers)
    frame = pd.concat([rollouts[list(COLUMNS[:5])].reset_index(drop=True), store.to_frame(verdicts)], axis=1)
    return frame[list(COLUMNS)]


def measure(verdicts: pd.DataFrame) -> dict[str, dict[str, float | int | None]]:
    """The counts and rates of each method."""
    families = verdicts["family"].astype(object).where(verdicts["family"].notna(), None)
    of = {method: verdicts["method"] == method for method in METHODS}
    return {method: rates([*verdicts["outcome"][rows]], [*families[rows]]) for method, rows in of.items()}


def refuse_errors(verdicts: pd.DataFrame, limit: float) -> None:
    """Raises BlindspotError where more than `limit` of a method's rollouts are errors: its rates would mislead."""
    for method, rows in verdicts.groupby("method", sort=False):
        failed = rows[rows["outcome"] == "error"]
        if len(failed) > limit * len(rows):
            reasons = ", ".join(f"{reason} × {count}" for reason, count in failed["reason"].value_counts().items())
            raise BlindspotError(
                f"{len(failed)} of {len(rows)} rollouts of {method} are errors ({reasons[:200]})",
                "mend their cause (then `dvc repro -f harvest` asks again), "
                f"or raise verify.max_error_rate (now {limit:g})",
            )


def log(mlflow: Any, metrics: dict[str, dict[str, float | int | None]], docs: Path) -> None:
    """Rates by method, and Data Docs."""
    for method, values in metrics.items():
        mlflow.log_metrics({f"{method}.{name}": value for name, value in values.items() if value is not None})
    mlflow.log_artifacts(str(docs), "data_docs")


if __name__ == "__main__":
    run(main, restore="dvc checkout data/verdicts metrics/verify.json")
