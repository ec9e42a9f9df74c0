"""report: writes the pages for people, and the failures as a data set."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import pandas as pd
from pydantic import Field

from blindspot import store
from blindspot.checks.rollouts import ROLLOUT, VERDICT
from blindspot.errors import BlindspotError, run
from blindspot.failure_set.select import names_in, select
from blindspot.failure_set.write import write_failure_set
from blindspot.models.description import Planted, describe
from blindspot.params import Section, load, read
from blindspot.paths import (
    AUDIT,
    AUDIT_METRICS,
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
from blindspot.records.asker import How, askers, how_asked
from blindspot.records.failure_mode import FailureMode, in_report_order, read_failure_modes
from blindspot.records.image import Image
from blindspot.report.asking import Asking, role_prompts
from blindspot.report.comparison import comparison
from blindspot.report.content import Content, curves
from blindspot.report.judge import Judge, judge
from blindspot.report.labelling import render_labelling
from blindspot.report.logged import log_failures, log_pages
from blindspot.report.modes import modes
from blindspot.report.next_steps import undecided
from blindspot.report.planted import PlantedTruth, planted_truth
from blindspot.report.pool import Unasked, unasked
from blindspot.report.provenance import Provenance, texts, versions
from blindspot.report.questions import place
from blindspot.report.rates import methods, unscored_reasons
from blindspot.report.single_file import write_single_file
from blindspot.report.site import write_site
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
    how: How = How.TRAINED,
) -> Content:
    """Returns what the pages show.

    `rows`: rollouts with their verdicts. `taxonomy`: failure_modes, FILES and questions from data/taxonomy, and
    metrics; only failure_modes, skills, meta_skills and metrics are required. `spent`: on models.
    `every_param`: params.yaml. `asking`: how the models were asked. `how`: what the questioner
    of the method `trained` was.
    """
    names = askers(how)
    identities = rows.drop_duplicates("method").set_index("method")["questioner"]
    rows = place(rows, taxonomy.get("questions"), names)
    threshold = taxonomy["metrics"].get("threshold", every_param["modes"]["threshold"])
    shown = modes(taxonomy["failure_modes"], rows, taxonomy.get("documented", ()), params.modes)
    return Content(
        candidate=names_in(rows["candidate"]),
        verifier=names_in(rows["verifier"]),
        how=how,
        questioners={str(method): str(identity) for method, identity in identities.items()},
        methods=methods(rows, names),
        unscored=unscored_reasons(rows),
        judge=judged,
        modes=shown,
        searched=_searched(taxonomy.get("questions")),
        modes_found=len(taxonomy["failure_modes"]),
        confirmed=len(confirmed(taxonomy["failure_modes"])),
        undecided=undecided(taxonomy["failure_modes"], threshold),
        shown=params.examples,
        threshold=threshold,
        threshold_set=every_param["modes"]["threshold"],
        note=taxonomy["metrics"]["note"],
        groups=groups(taxonomy["meta_skills"], taxonomy["skills"], shown, rows),
        titles={one["name"]: one["title"] for one in (*taxonomy["meta_skills"], *taxonomy["skills"])},
        counts=taxonomy["metrics"],
        stability=stability(taxonomy.get("stability")),
        comparison=comparison(taxonomy.get("comparison"), names),
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
    images = store.read_images("test")
    pictures = {image.image_id: image.path for image in images}
    sample = store.read_frame(AUDIT)
    found = select(rows, pictures, sample, taxonomy["questions"], confirmed(taxonomy["failure_modes"]))
    asking, how = asking_of(every_param), how_asked(store.read_json(TRAIN_METRICS))
    made = report(rows, judged, taxonomy, rewards, spent, params, every_param, asking, how)
    saved = Saved(len(found.failures), found.repeated, found.overruled)
    planted = planted_in(every_param, taxonomy["failure_modes"], images, made.linked)
    made = replace(made, pool=of_pool(rows, taxonomy["failure_modes"]), saved=saved, planted=planted)
    with stage_run("report", store.work_folder(), params.model_dump()) as mlflow:
        with store.replacing(REPORTS) as folder:
            write_site(made, pictures, folder)
            (folder / LABEL_PAGE.name).write_text(render_labelling(sample, pictures), encoding="utf-8")
            write_failure_set(found, store.read_json(AUDIT_METRICS), folder / FAILURE_SET.name, made.askers)
            write_single_file(folder, folder / SINGLE_FILE.name)
        calls = spent.calls("candidate")
        rates = store.read_json(VERIFY_METRICS)
        store.write_json(SUMMARY, summary(rates, taxonomy["metrics"], calls, spent.usd, made.pool, made.planted))
        mlflow.log_metrics({"failures": len(found.failures), "failure_modes": made.confirmed})
        log_pages(mlflow, REPORTS)
        log_failures(mlflow, rows, pictures)


def of_pool(rows: pd.DataFrame, modes: Sequence[FailureMode]) -> Unasked | None:
    """Returns what was left unasked of the pool of the run, None if the run has none."""
    if not (IMAGES / FILE).is_file():
        return None
    explored = store.read_frame(EXPLORED).assign(method="explore")
    columns = ["method", "image_id", "question", "outcome"]
    return unasked(read_pool(), pd.concat([rows[columns], explored[columns]]), confirmed(modes))


def planted_in(
    every_param: Mapping[str, Any], modes: Sequence[FailureMode], images: Sequence[Image], shown: Collection[str]
) -> PlantedTruth | None:
    """Returns what was found of planted weaknesses, None if there are none. `shown`: ids of the modes with a page."""
    candidate, seed = describe(str(every_param["candidate"]["model"])), every_param["seed"]
    return planted_truth(candidate, modes, images, shown, seed) if isinstance(candidate, Planted) else None


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


if __name__ == "__main__":
    run(main)
