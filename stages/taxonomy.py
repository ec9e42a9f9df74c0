"""taxonomy: which skills the questions need, and in which of them the candidate fails."""

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from statistics import mean, median
from typing import Any

import pandas as pd
from pydantic import Field

from blindspot import store
from blindspot.checks.failure_mode import FAILURE_MODE
from blindspot.checks.primitive import PRIMITIVE
from blindspot.checks.run import check
from blindspot.errors import run
from blindspot.models.llm import open_llm
from blindspot.params import load, load_seed
from blindspot.taxonomy.clustering.skills import Skill
from blindspot.taxonomy.clustering.topics import Topic
from blindspot.taxonomy.discovery import Found, Sorting, TaxonomyOptions, find_taxonomy
from blindspot.taxonomy.modes.comparison import compare, figures
from blindspot.taxonomy.modes.documented import Weakness, matched, read_documented
from blindspot.taxonomy.modes.search import distinct_first
from blindspot.tracking import stage_run

VERDICTS, OUT, METRICS = Path("data/verdicts/verdicts.parquet"), Path("data/taxonomy"), Path("metrics/taxonomy.json")
SHOWN = 5  # questions that a skill is shown by
QUESTION = ("rollout_id", "method", "fitted", "abilities", "skills", "meta_skills", "features")


class Params(Sorting):
    """How questions are sorted into skills, by whom, and what counts as a failure mode."""

    primitive_extractor: str = Field(
        "configs/models/none.yaml", description="LLM that reads what a question needs; none: rules do"
    )
    skill_namer: str = Field(
        "configs/models/none.yaml", description="LLM that names and defines skills; none: rules do"
    )
    max_new_tokens: int = Field(1024, ge=16, description="of an LLM's reply; one that is cut off is none")
    documented: str = Field(
        "configs/documented_weaknesses.yaml",
        description="file of known weaknesses: a mode that matches none of them is new",
    )


def taxonomy(verdicts: pd.DataFrame, params: Params, seed: int, documented: Sequence[Weakness] = ()) -> Found:
    """The taxonomy of the valid questions in `verdicts` (verdicts.parquet). `documented`: weaknesses to match.

    Raises BlindspotError where an LLM is not there.
    """
    extractor, namer = (
        open_llm(model, params.max_new_tokens) for model in (params.primitive_extractor, params.skill_namer)
    )
    return find_taxonomy(verdicts, params, seed, TaxonomyOptions(extractor, namer, documented))


def metrics(found: Found) -> dict[str, Any]:
    """What metrics/taxonomy.json holds. `skill_stability`: the adjusted Rand index, its median over resamples."""
    questions = found.questions
    back = [mode.recurrence for mode in found.modes if mode.recurrence is not None]
    return {
        "read_by_rules": found.unread,
        "primitives": len({text for texts in questions["primitives"] for text in texts}),
        "topics": len(found.taxonomy.topics),
        "skills": len(found.taxonomy.skills),
        "meta_skills": len(found.taxonomy.meta_skills),
        "skills_per_question": float(questions["skills"].map(len).mean()) if len(questions) else 0.0,
        "failure_modes": len(found.modes),
        "novel_modes": sum(mode.documented == () for mode in found.modes) if found.documented else None,
        "threshold": found.threshold,
        "skill_stability": median(found.stability) if found.stability else None,
        "modes_came_back": mean(back) if back else None,
        "note": found.note,
    }


def write(found: Found, out: Path) -> None:
    """Writes the folder data/taxonomy."""
    sorted_, questions = found.taxonomy, found.questions
    with store.replacing(out) as folder:
        store.write_frame(folder / "primitives.parquet", questions[["rollout_id", "primitives", "words"]])
        store.write_frame(folder / "questions.parquet", questions[[*QUESTION]])
        store.write_json(folder / "topics.json", [_texts(topic) for topic in sorted_.topics])
        store.write_json(folder / "skills.json", [_skill(skill, found) for skill in sorted_.skills])
        store.write_json(folder / "meta_skills.json", [asdict(meta_skill) for meta_skill in sorted_.meta_skills])
        store.write_json(folder / "failure_modes.json", [asdict(mode) for mode in found.modes])
        store.write_json(folder / "comparison.json", compare(questions))
        store.write_json(folder / "documented.json", matched(found.modes, found.documented))
        store.write_json(folder / "stability.json", found.stability)


def _texts(thing: Topic | Skill) -> dict[str, Any]:
    """As JSON, its primitives as phrases."""
    return {**asdict(thing), "primitives": [primitive.text for primitive in thing.primitives]}


def _skill(skill: Skill, found: Found) -> dict[str, Any]:
    """With how often each questioner asked for it, and how often the candidate was wrong."""
    needs = found.questions[found.questions["skills"].map(lambda names: skill.name in names)]
    asked = {
        method: {"asked": len(rows), "failures": int((rows["outcome"] == "failure").sum())}
        for method, rows in needs.groupby("method")
    }
    return {**_texts(skill), "methods": asked, "examples": distinct_first(needs)["question"].head(SHOWN).tolist()}


def main() -> None:
    """Reads data/verdicts; writes data/taxonomy and metrics/taxonomy.json."""
    params, seed, work = load("taxonomy", Params), load_seed(), store.work_folder()
    docs = work / "docs" / Path.cwd().name / "taxonomy"
    documented, verdicts = read_documented(Path(params.documented)), store.read_frame(VERDICTS)
    with stage_run("taxonomy", work, params.model_dump() | {"seed": seed}) as mlflow:
        found = taxonomy(verdicts, params, seed, documented)
        check(found.questions[[*PRIMITIVE.columns]], PRIMITIVE, docs / "primitives")
        if found.modes:
            check(store.to_frame(found.modes), FAILURE_MODE, docs / "failure_modes")
        write(found, OUT)
        store.write_json(METRICS, metrics(found))
        log(mlflow, found, docs)


def log(mlflow: Any, found: Found, docs: Path) -> None:
    """Counts, the taxonomy's files, methods side by side as a table, and failure modes as one with Data Docs."""
    compared = compare(found.questions)
    counts = {name: value for name, value in metrics(found).items() if isinstance(value, int | float)}
    mlflow.log_metrics(counts | figures(compared))
    methods = [{"method": method, **measures} for method, measures in compared["methods"].items()]
    if methods:
        mlflow.log_table(pd.DataFrame(methods), "comparison.json")
    mlflow.log_artifacts(str(OUT), "taxonomy")
    if found.modes:
        table = [{**asdict(mode), "examples": ", ".join(mode.examples[:3])} for mode in found.modes]
        mlflow.log_table(
            pd.DataFrame(table).astype(dict.fromkeys(("features", "kinds", "documented"), str)), "failure_modes.json"
        )
    mlflow.log_artifacts(str(docs), "data_docs")


if __name__ == "__main__":
    run(main, restore="dvc checkout data/taxonomy metrics/taxonomy.json")
