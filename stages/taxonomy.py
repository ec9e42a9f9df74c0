"""taxonomy: finds the skills that the questions need, and confirms the failure modes of the candidate."""

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from statistics import mean, median
from typing import Any

import pandas as pd
from pydantic import Field

from blindspot import store
from blindspot.budget import Meter
from blindspot.checks.rollouts import VERDICT
from blindspot.checks.run import check
from blindspot.checks.taxonomy import FAILURE_MODE, PRIMITIVE
from blindspot.errors import naming, run
from blindspot.models.llm import open_step
from blindspot.params import MODES, ModesParams, load, load_seed, read
from blindspot.paths import (
    DISCOVERED,
    DISCOVERED_MODES,
    FAILURE_MODES,
    QUESTIONS,
    ROLLOUTS,
    TAXONOMY_FOLDER,
    TAXONOMY_METRICS,
    TAXONOMY_SPENT,
    VERDICTS,
    VERDICTS_SPENT,
)
from blindspot.prompts.files import read_prompts
from blindspot.protocols import PrimitiveExtractor, SkillNamer
from blindspot.records.failure_mode import mix, read_failure_modes
from blindspot.records.rollout import METHODS
from blindspot.records.spending import EMPTY_RESERVE, Reserve, Stage
from blindspot.records.verdict import VALID
from blindspot.search.discovered import parts_of
from blindspot.spending import open_meter, read_reserve, write_stages
from blindspot.stage_lock import exclusive
from blindspot.taxonomy.clustering.skills import Skill
from blindspot.taxonomy.clustering.topics import Topic
from blindspot.taxonomy.discovery import Discovered, Found, Sorting, TaxonomyOptions, find_taxonomy
from blindspot.taxonomy.modes.comparison import compare, figures
from blindspot.taxonomy.modes.describe import describe, title
from blindspot.taxonomy.modes.documented import Weakness, matched, read_documented
from blindspot.taxonomy.modes.search import distinct_first
from blindspot.tracking import stage_run

SHOWN = 5  # example questions of a skill, rollout ids of a mode in MLflow
EXTRACTOR_AND_NAMER = ("primitive_extractor", "skill_namer")  # roles in a prompts file
FIGURES = ("error_rate", "low", "high", "failures", "asked", "recurrence", "log_likelihood_ratio", "q_value")
QUESTION = ("rollout_id", "method", "part", "abilities", "skills", "meta_skills", "features")


class Params(Sorting):
    """How questions are sorted into skills, by rules or LLMs."""

    primitive_extractor: str = Field(
        "configs/models/none.yaml",
        description="LLM or Python file that reads what a question needs; none.yaml: rules do it",
    )
    skill_namer: str = Field(
        "configs/models/none.yaml",
        description="LLM or Python file that names and defines skills; none.yaml: rules do it",
    )
    max_new_tokens: int = Field(
        1024, ge=16, description="Longest reply of an LLM, in tokens; a longer one is not used"
    )
    prompts: str = Field(
        "configs/prompts/instruct.yaml", description="File with the prompts of the LLMs (docs/prompts.md)"
    )
    documented: str = Field(
        "configs/documented_weaknesses.yaml",
        description="File of documented weaknesses; a mode that matches none of them can be novel (docs/novelty.md)",
    )


def taxonomy(
    verdicts: pd.DataFrame,
    params: Params,
    seed: int,
    documented: Sequence[Weakness] = (),
    counts: ModesParams = MODES,
    discovered: Sequence[Discovered] = (),
    meter: Meter | None = None,
) -> Found:
    """Finds the taxonomy of the valid questions in `verdicts` (verdicts.parquet), and tests the discovered modes.

    `documented`: weaknesses to match. `counts`: what counts as a failure mode. `discovered`: what a search
    discovered. `meter`: counts the tokens of the LLMs. Raises BlindspotError where an LLM cannot be opened, or its
    prompts are invalid.
    """
    with naming("taxonomy.prompts"):
        extracting, named = (read_prompts(Path(params.prompts), role) for role in EXTRACTOR_AND_NAMER)
    most = params.max_new_tokens
    with naming("taxonomy.primitive_extractor"):
        extractor = open_step(params.primitive_extractor, most, extracting.system, PrimitiveExtractor, meter)
    with naming("taxonomy.skill_namer"):
        namer = open_step(params.skill_namer, most, named.system, SkillNamer, meter)
    options = TaxonomyOptions(extractor, namer, documented, extracting, named)
    return find_taxonomy(verdicts, params, seed, options, counts, discovered)


def read_discovered(few: int, min_asked: int) -> list[Discovered]:
    """Returns the modes that the search discovered in each part of its questions; empty without questions.

    `few`: fewest valid questions of a mode in all parts but the rest, `min_asked`: in the rest.
    """
    questions, modes = store.read_frame(DISCOVERED), read_failure_modes(DISCOVERED_MODES)
    if not questions["outcome"].isin(VALID).any():
        return []
    return [
        Discovered([mode for mode in modes if mode.found_in == name], part, min_asked if name == "rest" else few)
        for name, part in parts_of(questions, modes).items()
    ]


def metrics(found: Found) -> dict[str, Any]:
    """Returns what metrics/taxonomy.json holds.

    `failure_modes`: the number of confirmed ones. `skill_stability`: the median of the adjusted Rand index over
    resamples; `mode_recurrence`: a mean. `agreement_with_rules`: only if an LLM extracted primitives.
    """
    questions = found.questions
    recurrences = [mode.recurrence for mode in found.modes if mode.recurrence is not None]
    return {
        "read_by_rules": found.unread,
        **({} if found.agreement is None else {"agreement_with_rules": found.agreement}),
        "primitives": len({text for texts in questions["primitives"] for text in texts}),
        "topics": len(found.taxonomy.topics),
        "skills": len(found.taxonomy.skills),
        "meta_skills": len(found.taxonomy.meta_skills),
        "skills_per_question": float(questions["skills"].map(len).mean()) if len(questions) else 0.0,
        "discovered_modes": len(found.modes),
        "failure_modes": sum(mode.status == "confirmed" for mode in found.modes),
        "novel_modes": sum(mode.is_novel for mode in found.modes) if found.documented else None,
        "threshold": found.threshold,
        "skill_stability": median(found.stability) if found.stability else None,
        "mode_recurrence": mean(recurrences) if recurrences else None,
        "note": found.note,
    }


def end_of(meter: Meter, reserve: Reserve) -> Stage:
    """Prints what the budget left out. Returns what was spent, and the limit that ended the calls of LLMs."""
    meter.show(always=True)
    limit = meter.hard_limit() if "taxonomy" in reserve.calls else None
    left_out = "replies of the primitive extractor or the skill namer"
    if limit:
        print(f"taxonomy: {left_out} are left out, rules replace them: budget.{limit}", flush=True)
    return meter.stage(limit, left_out)


def write(found: Found, out: Path) -> None:
    """Writes the folder data/taxonomy."""
    sorted_, questions = found.taxonomy, found.questions
    with store.replacing(out) as folder:
        store.write_frame(folder / "primitives.parquet", questions[["rollout_id", "primitives", "words"]])
        store.write_frame(folder / QUESTIONS.name, questions[[*QUESTION]])
        store.write_json(folder / "topics.json", [_texts(topic) for topic in sorted_.topics])
        store.write_json(folder / "skills.json", [_skill(skill, found) for skill in sorted_.skills])
        groups = [asdict(meta_skill) | {"title": title(meta_skill.name)} for meta_skill in sorted_.meta_skills]
        store.write_json(folder / "meta_skills.json", groups)
        store.write_json(folder / FAILURE_MODES.name, [mode.to_json() for mode in found.modes])
        store.write_json(folder / "comparison.json", compare(questions))
        store.write_json(folder / "documented.json", matched(found.modes, found.documented))
        store.write_json(folder / "stability.json", found.stability)


def _texts(thing: Topic | Skill) -> dict[str, Any]:
    """Returns a topic or skill as JSON, with its primitives as phrases."""
    return {**asdict(thing), "primitives": [primitive.text for primitive in thing.primitives]}


def _skill(skill: Skill, found: Found) -> dict[str, Any]:
    """Returns a skill as JSON, with its title and, by compared method, how often it was asked for and failed."""
    needs = found.questions[found.questions["skills"].map(lambda names: skill.name in names)]
    asked = {
        method: {"asked": len(rows), "failures": int((rows["outcome"] == "failure").sum())}
        for method, rows in needs[needs["method"].isin(METHODS)].groupby("method")
    }
    examples = distinct_first(needs)["question"].head(SHOWN).tolist()
    return {**_texts(skill), "title": title(skill.name), "methods": asked, "examples": examples}


@exclusive
def main() -> None:
    """Reads data/verdicts; writes data/taxonomy and metrics/taxonomy.json."""
    params, counts, seed, work = load("taxonomy", Params), load("modes", ModesParams), load_seed(), store.work_folder()
    docs = work / "docs" / Path.cwd().name / "taxonomy"
    documented, verdicts = read_documented(Path(params.documented)), store.read_frame(VERDICTS, VERDICT.columns)
    with stage_run("taxonomy", work, params.model_dump() | {"seed": seed}, [params.prompts]) as mlflow:
        discovered = read_discovered(int(read()["explore"]["min_asked"]), counts.min_asked)
        meter, reserve = open_meter(VERDICTS_SPENT, EMPTY_RESERVE), read_reserve()
        found = taxonomy(verdicts, params, seed, documented, counts, discovered, meter)
        if found.note:
            print(f"taxonomy: {found.note}", flush=True)
        check(found.questions[[*PRIMITIVE.columns]], PRIMITIVE, docs / "primitives")
        if found.modes:
            check(store.to_frame(found.modes), FAILURE_MODE, docs / "failure_modes")
        write(found, TAXONOMY_FOLDER)
        write_stages(TAXONOMY_SPENT, "taxonomy", end_of(meter, reserve), VERDICTS_SPENT)
        store.write_json(TAXONOMY_METRICS, metrics(found))
        log(mlflow, found, docs)


def log(mlflow: Any, found: Found, docs: Path) -> None:
    """Logs counts, the files of the taxonomy, tables of the methods and of the failure modes, and the Data Docs."""
    compared = compare(found.questions)
    counts = {name: value for name, value in metrics(found).items() if isinstance(value, int | float)}
    mlflow.log_metrics(counts | figures(compared))
    methods = [{"method": method, **measures} for method, measures in compared["methods"].items()]
    if methods:
        mlflow.log_table(pd.DataFrame(methods), "comparison.json")
    mlflow.log_artifacts(str(TAXONOMY_FOLDER), "taxonomy")
    for file in (ROLLOUTS, VERDICTS):  # `blindspot diff` reads them, and the taxonomy
        mlflow.log_artifact(file, file.parent.name)
    if found.modes:
        mlflow.log_table(mode_table(found), "failure_modes.json")
    mlflow.log_artifacts(str(docs), "data_docs")


def mode_table(found: Found) -> pd.DataFrame:
    """Returns the failure modes as a table for people: a sentence with an example question, features, figures."""
    question = dict(zip(found.questions["rollout_id"], found.questions["question"], strict=True))
    rows = [
        {
            "failure_mode": describe(mode.features, question[mode.examples[0]] if mode.examples else None),
            "status": mode.status,
            "evidence": mode.strength,
            "features": " + ".join(mode.features),
            **{name: getattr(mode, name) for name in FIGURES},
            "kinds": ", ".join(mode.kinds),
            "documented": None
            if mode.documented is None
            else ", ".join(mode.documented) or ("novel" if mode.is_novel else "none"),
            "mix": mix(mode, found.modes),
            "examples": ", ".join(mode.examples[:SHOWN]),
            "mode_id": mode.mode_id,
        }
        for mode in found.modes
    ]
    return pd.DataFrame(rows)


if __name__ == "__main__":
    run(main)
