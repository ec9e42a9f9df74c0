"""report: writes the pages for people, and the failures as a data set."""

import tempfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
from pydantic import Field

from blindspot import store
from blindspot.checks.rollouts import ROLLOUT, VERDICT
from blindspot.errors import BlindspotError, run
from blindspot.failure_set.select import names_in, select
from blindspot.failure_set.write import write_failure_set
from blindspot.params import Section, load, read
from blindspot.paths import (
    AUDIT,
    AUDIT_METRICS,
    EXPLORE_METRICS,
    EXPLORED,
    FAILURE_MODES,
    FAILURE_SET,
    IMAGES,
    LABEL_PAGE,
    QUESTIONS,
    REPLIES,
    REPORTS,
    REWARDS,
    ROLLOUTS,
    SINGLE_FILE,
    SUMMARY,
    TAXONOMY_FOLDER,
    TAXONOMY_METRICS,
    TAXONOMY_SPENT,
    TRAIN_METRICS,
    VERDICTS,
    VERIFY_METRICS,
)
from blindspot.pool.questions import FILE, read_pool
from blindspot.records.failure_mode import FailureMode, in_report_order, read_failure_modes
from blindspot.report.asking import Asking, role_prompts
from blindspot.report.comparison import comparison
from blindspot.report.content import Content, curves
from blindspot.report.judge import Judge, judge
from blindspot.report.labelling import render_labelling
from blindspot.report.modes import modes
from blindspot.report.pool import Unasked, unasked
from blindspot.report.provenance import Provenance, texts, versions
from blindspot.report.questions import place
from blindspot.report.rates import methods, unscored_reasons
from blindspot.report.single_file import write_single_file
from blindspot.report.site import copy_pages, write_site
from blindspot.report.skills import groups, stability
from blindspot.report.spending import Spent, spent_in
from blindspot.report.summary import summary
from blindspot.report.totals import Saved
from blindspot.rewards.components import all_components
from blindspot.spending import read_stages
from blindspot.stage_lock import exclusive
from blindspot.taxonomy.modes.split import DISCOVERY
from blindspot.tracking import flatten, stage_run

FILES = ("skills", "meta_skills", "stability", "comparison", "documented")  # of data/taxonomy
SHARED = ("launch", "budget", "candidate", "verifier", "modes")
SECTIONS = (*SHARED, "prepare", "explore", "train", "harvest", "verify", "audit", "taxonomy", "report")
LOGGED = 50  # failures with images in MLflow's table


class Params(Section):
    """How much the report shows."""

    modes: int = Field(20, ge=1, description="Failure modes shown on the overview")
    examples: int = Field(6, ge=1, le=24, description="Pictures of each failure mode on the overview")


def report(
    rows: pd.DataFrame,
    judged: Judge,
    taxonomy: Mapping[str, Any],
    rewards: pd.DataFrame,
    spent: Spent,
    params: Params,
    every_param: Mapping[str, Any],
    asking: Asking | None = None,
) -> Content:
    """Returns what the pages show.

    `rows`: rollouts with their verdicts. `taxonomy`: failure_modes, FILES and questions from data/taxonomy, and
    metrics; only failure_modes, skills, meta_skills and metrics are required. `spent`: on models.
    `every_param`: params.yaml. `asking`: how the models were asked.
    """
    identities = rows.drop_duplicates("method").set_index("method")["questioner"]
    rows = place(rows, taxonomy.get("questions"))
    shown = modes(taxonomy["failure_modes"], rows, taxonomy.get("documented", ()), params.modes)
    return Content(
        candidate=names_in(rows["candidate"]),
        verifier=names_in(rows["verifier"]),
        questioners={str(method): str(identity) for method, identity in identities.items()},
        methods=methods(rows),
        unscored=unscored_reasons(rows),
        judge=judged,
        modes=shown,
        searched=_searched(taxonomy.get("questions")),
        modes_found=len(taxonomy["failure_modes"]),
        confirmed=len(confirmed(taxonomy["failure_modes"])),
        shown=params.examples,
        threshold=taxonomy["metrics"].get("threshold", every_param["modes"]["threshold"]),
        threshold_set=every_param["modes"]["threshold"],
        note=taxonomy["metrics"]["note"],
        groups=groups(taxonomy["meta_skills"], taxonomy["skills"], shown, rows),
        titles={one["name"]: one["title"] for one in (*taxonomy["meta_skills"], *taxonomy["skills"])},
        counts=taxonomy["metrics"],
        stability=stability(taxonomy.get("stability")),
        comparison=comparison(taxonomy.get("comparison")),
        curves=curves(rewards, titles_of(every_param["train"].get("rewards", {}))),
        provenance=_provenance(every_param, spent, asking),
        rows=rows,
        asking=asking,
    )


def titles_of(kinds: Iterable[str]) -> dict[str, str]:
    """Returns the titles of the reward's components by their names. `kinds`: those of train.rewards."""
    return {one.name: one.title for one in all_components(kinds)}


def _searched(questions: pd.DataFrame | None) -> bool:
    """Returns whether the failure modes were discovered in other questions than those of the harvest."""
    return questions is not None and not questions["part"].eq(DISCOVERY).any()


def _provenance(every_param: Mapping[str, Any], spent: Spent, asking: Asking | None) -> Provenance:
    params = {name: flatten(every_param[name]) for name in SECTIONS}
    prompts = texts(asking.prompts) if asking else {}
    return Provenance(every_param["seed"], spent, params, versions(), prompts)


def asking_of(every_param: Mapping[str, Any]) -> Asking:
    """Returns how the models of the run were asked. Raises BlindspotError if a prompts file is invalid."""
    pool = read_pool() if (IMAGES / FILE).is_file() else None
    return Asking(role_prompts(every_param), every_param, pool)


def gather() -> tuple[pd.DataFrame, Judge, dict[str, Any], pd.DataFrame, Spent]:
    """Reads what `report` takes from data and metrics. Raises BlindspotError on a file that cannot be read."""
    rollouts = store.read_frame(ROLLOUTS, ROLLOUT.columns)
    verdicts = store.read_frame(VERDICTS, VERDICT.columns)
    answers = rollouts[["rollout_id", "questioner", "candidate", "target"]]
    rows = verdicts.merge(answers, on="rollout_id", how="left", validate="one_to_one")
    if REPLIES.is_file():
        names = {"candidate": "candidate_reply", "judge": "judge_replies"}
        rows = rows.merge(store.read_frame(REPLIES).rename(columns=names), on="rollout_id", how="left")
    taxonomy, susceptibility = _read_taxonomy(), store.read_json(VERIFY_METRICS).get("susceptibility", {})
    judged = judge(store.read_json(AUDIT_METRICS), susceptibility, in_report_order(taxonomy["failure_modes"]))
    limits = {name: limit for name, limit in read()["budget"].items() if limit is not None}
    return rows, judged, taxonomy, _read_rewards(), spent_in(read_stages(TAXONOMY_SPENT), limits)


@exclusive
def main() -> None:
    """Reads data/images, data/rollouts, data/verdicts, data/audit, data/taxonomy and metrics; writes reports."""
    params, every_param = load("report", Params), read()
    rows, judged, taxonomy, rewards, spent = gather()
    pictures = {image.image_id: image.path for image in store.read_images("test")}
    sample = store.read_frame(AUDIT)
    found = select(rows, pictures, sample, taxonomy["questions"], confirmed(taxonomy["failure_modes"]))
    asking = asking_of(every_param)
    made = report(rows, judged, taxonomy, rewards, spent, params, every_param, asking)
    saved = Saved(len(found.failures), found.repeated, found.overruled)
    made = replace(made, pool=of_pool(rows, taxonomy["failure_modes"]), saved=saved)
    with stage_run("report", store.work_folder(), params.model_dump()) as mlflow:
        with store.replacing(REPORTS) as folder:
            write_site(made, pictures, folder)
            (folder / LABEL_PAGE.name).write_text(render_labelling(sample, pictures), encoding="utf-8")
            write_failure_set(found, store.read_json(AUDIT_METRICS), folder / FAILURE_SET.name)
            write_single_file(folder, folder / SINGLE_FILE.name)
        calls = len(rows) + sum(int(store.read_json(path)["calls"]) for path in (EXPLORE_METRICS, TRAIN_METRICS))
        store.write_json(
            SUMMARY, summary(store.read_json(VERIFY_METRICS), taxonomy["metrics"], calls, spent.usd, made.pool)
        )
        mlflow.log_metrics({"failures": len(found.failures), "failure_modes": made.confirmed})
        _log_pages(mlflow)
        _log_failures(mlflow, rows, pictures)


def of_pool(rows: pd.DataFrame, modes: Sequence[FailureMode]) -> Unasked | None:
    """Returns what was left unasked of the pool of the run, None if the run has none."""
    if not (IMAGES / FILE).is_file():
        return None
    explored = store.read_frame(EXPLORED).assign(method="explore")
    columns = ["method", "image_id", "question", "outcome"]
    return unasked(read_pool(), pd.concat([rows[columns], explored[columns]]), confirmed(modes))


def confirmed(modes: Sequence[FailureMode]) -> list[FailureMode]:
    """Returns the confirmed failure modes, in the same order."""
    return [mode for mode in modes if mode.status == "confirmed"]


def _read_taxonomy() -> dict[str, Any]:
    """Reads data/taxonomy and its metrics."""
    found = {name: store.read_json(TAXONOMY_FOLDER / f"{name}.json") for name in FILES}
    return found | {
        "failure_modes": read_failure_modes(FAILURE_MODES),
        "questions": store.read_frame(QUESTIONS),
        "metrics": store.read_json(TAXONOMY_METRICS),
    }


def _read_rewards() -> pd.DataFrame:
    """Reads the rewards by step; no rows if nothing was trained. Raises BlindspotError if the file cannot be read."""
    try:
        return pd.read_csv(REWARDS)
    except pd.errors.EmptyDataError:
        return pd.DataFrame(columns=["step"])
    except (OSError, ValueError) as error:
        raise BlindspotError(f"{REWARDS} cannot be read ({error})", "`dvc repro train` makes it again") from None


def _log_pages(mlflow: Any) -> None:
    """Logs every page with its pictures and lists, and the report as one file, but not the failures as a data set."""
    with tempfile.TemporaryDirectory() as folder:
        copy_pages(REPORTS, Path(folder) / "report")
        mlflow.log_artifacts(str(Path(folder) / "report"), "report")


def _log_failures(mlflow: Any, rows: pd.DataFrame, pictures: dict[str, Path]) -> None:
    """Logs a table of failures with their images."""
    failures = rows[(rows["method"] == "trained") & (rows["outcome"] == "failure")].head(LOGGED)
    if failures.empty:
        return
    table = failures[["rollout_id", "question", "answer", "reference"]].astype(str)
    images = [mlflow.Image(str(pictures[image_id])) for image_id in failures["image_id"]]
    mlflow.log_table({"image": images, **table.to_dict("list")}, "failures.json")


if __name__ == "__main__":
    run(main)
