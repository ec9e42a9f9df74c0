"""report: the page a person reads, and the failures as a data set."""

from pathlib import Path
from typing import Any

import pandas as pd
from pydantic import Field

from blindspot import store
from blindspot.errors import BlindspotError, run
from blindspot.failure_set.select import select
from blindspot.failure_set.write import write_failure_set
from blindspot.params import Section, load, read
from blindspot.report import content
from blindspot.report.judge import Judge, judge
from blindspot.report.labelling import render_labelling
from blindspot.report.page import render
from blindspot.tracking import flatten, stage_run

ROLLOUTS, VERDICTS = Path("data/rollouts/rollouts.parquet"), Path("data/verdicts/verdicts.parquet")
TAXONOMY, METRICS = Path("data/taxonomy"), Path("metrics/taxonomy.json")
AUDIT, AUDIT_METRICS = Path("data/audit/audit.parquet"), Path("metrics/audit.json")
VERIFY_METRICS = Path("metrics/verify.json")
REWARDS, OUT = Path("metrics/rewards.csv"), Path("reports")
SHARED = ("launch", "candidate", "verifier")
SECTIONS = (*SHARED, "prepare", "explore", "train", "harvest", "verify", "audit", "taxonomy", "report")
LOGGED = 50  # failures with their images in MLflow's table


class Params(Section):
    """How much the report shows."""

    modes: int = Field(20, ge=1, description="failure modes shown")
    examples: int = Field(6, ge=1, le=24, description="pictures of each mode")


def report(
    rows: pd.DataFrame,
    judged: Judge,
    taxonomy: dict[str, Any],
    rewards: pd.DataFrame,
    pictures: dict[str, Path],
    params: Params,
    every_param: dict[str, Any],
) -> content.Content:
    """What the page says.

    `rows`: rollouts with their verdicts. `judged`: how right the judge is. `taxonomy`: what lies in data/taxonomy
    (failure_modes, skills, meta_skills) and its metrics. `pictures`: the file of each image id. `every_param`:
    params.yaml, for the record.
    """
    identities = rows.drop_duplicates("method").set_index("method")["questioner"].to_dict()
    return content.Content(
        candidate=_name_of(rows, "candidate"),
        verifier=_name_of(rows, "verifier"),
        questioners={str(method): str(identity) for method, identity in identities.items()},
        methods=content.methods(rows),
        judge=judged,
        modes=content.modes(taxonomy["failure_modes"][: params.modes], rows, pictures, params.examples),
        modes_found=len(taxonomy["failure_modes"]),
        threshold=every_param["taxonomy"]["threshold"],
        note=taxonomy["metrics"]["note"],
        meta_skills=content.meta_skills(taxonomy["meta_skills"], taxonomy["skills"]),
        counts=taxonomy["metrics"],
        curves=content.curves(rewards),
        params={"seed": {"seed": every_param["seed"]}, **{name: flatten(every_param[name]) for name in SECTIONS}},
    )


def _name_of(rows: pd.DataFrame, column: str) -> str:
    """Who it was; several, should the rows disagree."""
    return ", ".join(sorted({str(name) for name in rows[column].dropna()})) or "nobody"


def main() -> None:
    """Reads data/images, data/rollouts, data/verdicts, data/audit, data/taxonomy and metrics; writes reports."""
    params, every_param = load("report", Params), read()
    rollouts, verdicts = store.read_frame(ROLLOUTS), store.read_frame(VERDICTS)
    answers = rollouts[["rollout_id", "questioner", "candidate"]]
    rows = verdicts.merge(answers, on="rollout_id", how="left", validate="one_to_one")
    taxonomy = {
        name: store.read_json(TAXONOMY / f"{name}.json") for name in ("failure_modes", "skills", "meta_skills")
    }
    taxonomy["metrics"] = store.read_json(METRICS)
    pictures = {image.image_id: image.path for image in store.read_images("test")}
    sample = store.read_frame(AUDIT)
    audited = store.read_json(AUDIT_METRICS)
    found = select(rows, pictures, sample, store.read_frame(TAXONOMY / "questions.parquet"), taxonomy["failure_modes"])
    judged = judge(audited, store.read_json(VERIFY_METRICS).get("susceptibility", {}))
    made = report(rows, judged, taxonomy, _read_rewards(), pictures, params, every_param)
    with stage_run("report", store.work_folder(), params.model_dump()) as mlflow:
        with store.replacing(OUT) as folder:
            (folder / "index.html").write_text(render(made), encoding="utf-8")
            (folder / "label.html").write_text(render_labelling(sample, pictures), encoding="utf-8")
            write_failure_set(found, audited, folder / "failures")
        mlflow.log_metrics({"failures": len(found.failures), "failure_modes": made.modes_found})
        mlflow.log_artifact(str(OUT / "index.html"), "report")
        _log_failures(mlflow, rows, pictures)


def _read_rewards() -> pd.DataFrame:
    """Rewards by step; no row where nothing was trained. Raises BlindspotError where the file cannot be read."""
    try:
        return pd.read_csv(REWARDS)
    except pd.errors.EmptyDataError:
        return pd.DataFrame(columns=["step"])
    except (OSError, ValueError) as error:
        raise BlindspotError(f"{REWARDS} cannot be read ({error})", "`dvc repro train` makes it anew") from None


def _log_failures(mlflow: Any, rows: pd.DataFrame, pictures: dict[str, Path]) -> None:
    """A table of failures with their images, as MLflow shows it."""
    failures = rows[(rows["method"] == "trained") & (rows["outcome"] == "failure")].head(LOGGED)
    if failures.empty:
        return
    table = failures[["rollout_id", "question", "answer", "reference"]].astype(str)
    images = [mlflow.Image(str(pictures[image_id])) for image_id in failures["image_id"]]
    mlflow.log_table({"image": images, **table.to_dict("list")}, "failures.json")


if __name__ == "__main__":
    run(main, restore="dvc checkout reports")
