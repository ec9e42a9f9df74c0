"""report: the pages a person reads, and the failures as a data set."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd
from pydantic import Field

from blindspot import store
from blindspot.errors import BlindspotError, run
from blindspot.failure_set.select import select
from blindspot.failure_set.write import write_failure_set
from blindspot.params import Section, load, read
from blindspot.report.comparison import comparison
from blindspot.report.content import Content, curves
from blindspot.report.judge import Judge, judge
from blindspot.report.labelling import render_labelling
from blindspot.report.modes import modes
from blindspot.report.provenance import Provenance, versions
from blindspot.report.questions import place
from blindspot.report.rates import methods, unscored_reasons
from blindspot.report.site import write_site
from blindspot.report.skills import groups, stability
from blindspot.tracking import flatten, stage_run

ROLLOUTS, VERDICTS = Path("data/rollouts/rollouts.parquet"), Path("data/verdicts/verdicts.parquet")
REPLIES = VERDICTS.with_name("replies.parquet")  # there unless keep_raw is none
TAXONOMY, METRICS = Path("data/taxonomy"), Path("metrics/taxonomy.json")
FILES = ("failure_modes", "skills", "meta_skills", "stability", "comparison", "documented")  # of data/taxonomy
AUDIT, AUDIT_METRICS = Path("data/audit/audit.parquet"), Path("metrics/audit.json")
VERIFY_METRICS = Path("metrics/verify.json")
REWARDS, OUT = Path("metrics/rewards.csv"), Path("reports")
CALLS = {"explore": Path("metrics/explore.json"), "train": Path("metrics/train.json")}
SHARED = ("launch", "budget", "candidate", "verifier")
SECTIONS = (*SHARED, "prepare", "explore", "train", "harvest", "verify", "audit", "taxonomy", "report")
LOGGED = 50  # failures with their images in MLflow's table


class Params(Section):
    """How much the report shows."""

    modes: int = Field(20, ge=1, description="failure modes shown")
    examples: int = Field(6, ge=1, le=24, description="pictures of each mode")


def report(
    rows: pd.DataFrame,
    judged: Judge,
    taxonomy: Mapping[str, Any],
    rewards: pd.DataFrame,
    calls: Mapping[str, int],
    params: Params,
    every_param: Mapping[str, Any],
) -> Content:
    """What the pages say.

    `rows`: rollouts with their verdicts. `judged`: how right the judge is. `taxonomy`: what lies in data/taxonomy
    (FILES; all but the first three may be missing, as may questions) and its metrics.
    `calls`: answers asked of the candidate before the harvest, by stage. `every_param`: params.yaml, for the record.
    """
    identities = rows.drop_duplicates("method").set_index("method")["questioner"].to_dict()
    rows = place(rows, taxonomy.get("questions"))
    shown = modes(taxonomy["failure_modes"][: params.modes], rows, taxonomy.get("documented", ()))
    return Content(
        candidate=_name_of(rows, "candidate"),
        verifier=_name_of(rows, "verifier"),
        questioners={str(method): str(identity) for method, identity in identities.items()},
        methods=methods(rows),
        unscored=unscored_reasons(rows),
        judge=judged,
        modes=shown,
        modes_found=len(taxonomy["failure_modes"]),
        shown=params.examples,
        threshold=taxonomy["metrics"].get("threshold", every_param["taxonomy"]["threshold"]),
        note=taxonomy["metrics"]["note"],
        groups=groups(taxonomy["meta_skills"], taxonomy["skills"], shown, rows),
        counts=taxonomy["metrics"],
        stability=stability(taxonomy.get("stability")),
        comparison=comparison(taxonomy.get("comparison")),
        curves=curves(rewards),
        provenance=_made(every_param, {**calls, "harvest": len(rows)}),
        rows=rows,
        images=rows["image_id"].nunique(),
    )


def _made(every_param: Mapping[str, Any], calls: Mapping[str, int]) -> Provenance:
    params = {name: flatten(every_param[name]) for name in SECTIONS}
    return Provenance(seed=every_param["seed"], calls=tuple(calls.items()), params=params, versions=versions())


def _name_of(rows: pd.DataFrame, column: str) -> str:
    """Who it was; several, should the rows disagree."""
    return ", ".join(sorted({str(name) for name in rows[column].dropna()})) or "nobody"


def gather() -> tuple[pd.DataFrame, Judge, dict[str, Any], pd.DataFrame, dict[str, int]]:
    """What `report` takes from data and metrics. Raises BlindspotError where something of it cannot be read."""
    rollouts, verdicts = store.read_frame(ROLLOUTS), store.read_frame(VERDICTS)
    answers = rollouts[["rollout_id", "questioner", "candidate"]]
    rows = verdicts.merge(answers, on="rollout_id", how="left", validate="one_to_one")
    if REPLIES.is_file():
        names = {"candidate": "candidate_reply", "judge": "judge_replies"}
        rows = rows.merge(store.read_frame(REPLIES).rename(columns=names), on="rollout_id", how="left")
    judged = judge(store.read_json(AUDIT_METRICS), store.read_json(VERIFY_METRICS).get("susceptibility", {}))
    calls = {stage: int(store.read_json(path)["calls"]) for stage, path in CALLS.items()}
    return rows, judged, _read_taxonomy(), _read_rewards(), calls


def main() -> None:
    """Reads data/images, data/rollouts, data/verdicts, data/audit, data/taxonomy and metrics; writes reports."""
    params, every_param = load("report", Params), read()
    rows, judged, taxonomy, rewards, calls = gather()
    pictures = {image.image_id: image.path for image in store.read_images("test")}
    sample = store.read_frame(AUDIT)
    found = select(rows, pictures, sample, store.read_frame(TAXONOMY / "questions.parquet"), taxonomy["failure_modes"])
    made = report(rows, judged, taxonomy, rewards, calls, params, every_param)
    with stage_run("report", store.work_folder(), params.model_dump()) as mlflow:
        with store.replacing(OUT) as folder:
            write_site(made, pictures, folder)
            (folder / "label.html").write_text(render_labelling(sample, pictures), encoding="utf-8")
            write_failure_set(found, store.read_json(AUDIT_METRICS), folder / "failures")
        mlflow.log_metrics({"failures": len(found.failures), "failure_modes": made.modes_found})
        _log_pages(mlflow)
        _log_failures(mlflow, rows, pictures)


def _read_taxonomy() -> dict[str, Any]:
    """What lies in data/taxonomy and its metrics."""
    found = {name: store.read_json(TAXONOMY / f"{name}.json") for name in FILES}
    return found | {"questions": store.read_frame(TAXONOMY / "questions.parquet"), "metrics": store.read_json(METRICS)}


def _read_rewards() -> pd.DataFrame:
    """Rewards by step; no row where nothing was trained. Raises BlindspotError where the file cannot be read."""
    try:
        return pd.read_csv(REWARDS)
    except pd.errors.EmptyDataError:
        return pd.DataFrame(columns=["step"])
    except (OSError, ValueError) as error:
        raise BlindspotError(f"{REWARDS} cannot be read ({error})", "`dvc repro train` makes it anew") from None


def _log_pages(mlflow: Any) -> None:
    """Every page with its pictures; the data set of failures is DVC's."""
    for page in sorted(OUT.glob("*.html")):
        mlflow.log_artifact(str(page), "report")
    for folder in ("modes", "images"):
        mlflow.log_artifacts(str(OUT / folder), f"report/{folder}")


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
