"""taxonomy: which skills the questions need, and in which of them the candidate fails."""

from collections import Counter
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import pandas as pd
from pydantic import Field

from blindspot import store
from blindspot.checks.failure_mode import FAILURE_MODE
from blindspot.checks.primitive import PRIMITIVE
from blindspot.checks.run import check
from blindspot.errors import run
from blindspot.params import Section, load, load_seed
from blindspot.records.failure_mode import FailureMode
from blindspot.skills.modes import find_modes
from blindspot.skills.placing import Placing
from blindspot.skills.primitives import extract
from blindspot.skills.skills import MetaSkill, Skill, group_skills, name_skills
from blindspot.skills.topics import FEWEST_PHRASES, Topic, embed, find_topics
from blindspot.skills.traits import traits
from blindspot.tracking import stage_run

VERDICTS, OUT, METRICS = Path("data/verdicts/verdicts.parquet"), Path("data/taxonomy"), Path("metrics/taxonomy.json")
VALID = ("failure", "correct")
EXAMPLES = 24  # kept of each mode; the report shows the first few


class Params(Section):
    """How questions are sorted into skills, and what counts as a failure mode."""

    min_topic_size: int = Field(5, ge=2, description="distinct phrases of the smallest topic")
    embedding: str = Field("tfidf", description="of the phrases: tfidf, or a sentence-transformers model folder")
    threshold: float = Field(0.25, gt=0, lt=1, description="a mode's wrong_rate must lie significantly above it")
    min_asked: int = Field(20, ge=5, description="valid questions that a mode needs")


@dataclass(frozen=True)
class Taxonomy:
    """Everything the stage writes. `questions`: rollout_id, method, primitives, skills, meta_skills and traits."""

    questions: pd.DataFrame
    topics: list[Topic]
    skills: list[Skill]
    meta_skills: list[MetaSkill]
    modes: list[FailureMode]
    note: str | None


def taxonomy(verdicts: pd.DataFrame, params: Params, seed: int) -> Taxonomy:
    """The taxonomy of all valid questions, whoever asked, and the failure modes in them.

    `verdicts`: the columns of verdicts.parquet; neither family nor anything else that only scenes know is read.
    Where there is too little to sort, `note` says why and everything but the primitives is empty.
    """
    from threadpoolctl import threadpool_limits

    valid = verdicts[verdicts["outcome"].isin(VALID)].reset_index(drop=True)
    primitives = [
        extract(question, reference) for question, reference in zip(valid["question"], valid["reference"], strict=True)
    ]
    counts = Counter(primitive for found in primitives for primitive in found)
    uses = {primitive: counts[primitive] for primitive in sorted(counts)}
    valid["primitives"] = [[primitive.text for primitive in found] for found in primitives]
    if len(uses) < FEWEST_PHRASES:
        return _without(valid, len(uses))
    with threadpool_limits(1):  # the same bytes whatever the number of threads, and no slower on so little
        vectors = embed(list(uses), params.embedding, seed)
        topics = find_topics(uses, vectors, params.min_topic_size)
    skills = name_skills(topics, uses, vectors)
    meta_skills = group_skills(skills)
    placing = Placing(skills, meta_skills)
    asked = zip(valid["question"], valid["reference"], strict=True)
    valid["skills"] = [placing.skills(found) for found in primitives]
    valid["meta_skills"] = [placing.meta_skills(names) for names in valid["skills"]]
    valid["traits"] = [traits(question, reference) for question, reference in asked]
    modes = find_modes(valid, params.threshold, params.min_asked, EXAMPLES)
    return Taxonomy(valid, topics, skills, meta_skills, modes, None)


def _without(valid: pd.DataFrame, phrases: int) -> Taxonomy:
    """No taxonomy, and the sentence that says why."""
    nothing: pd.Series[Any] = pd.Series([[] for _ in range(len(valid))], dtype=object)
    questions = valid.assign(skills=nothing, meta_skills=nothing, traits=nothing)
    why = f"{len(valid)} valid questions with {phrases} different primitives are too few to sort"
    return Taxonomy(questions, [], [], [], [], f"There is no taxonomy: {why} ({FEWEST_PHRASES} primitives at least).")


def metrics(found: Taxonomy) -> dict[str, Any]:
    """What metrics/taxonomy.json holds."""
    questions = found.questions
    return {
        "primitives": len({text for texts in questions["primitives"] for text in texts}),
        "topics": len(found.topics),
        "skills": len(found.skills),
        "meta_skills": len(found.meta_skills),
        "skills_per_question": float(questions["skills"].map(len).mean()) if len(questions) else 0.0,
        "failure_modes": len(found.modes),
        "note": found.note,
    }


def write(found: Taxonomy, out: Path) -> None:
    """Writes the folder data/taxonomy."""
    with store.replacing(out) as folder:
        store.write_frame(folder / "primitives.parquet", found.questions[["rollout_id", "primitives"]])
        store.write_frame(
            folder / "questions.parquet", found.questions[["rollout_id", "method", "skills", "meta_skills", "traits"]]
        )
        store.write_json(folder / "topics.json", [_texts(topic) for topic in found.topics])
        store.write_json(folder / "skills.json", [_skill(skill, found) for skill in found.skills])
        store.write_json(folder / "meta_skills.json", [asdict(meta_skill) for meta_skill in found.meta_skills])
        store.write_json(folder / "failure_modes.json", [asdict(mode) for mode in found.modes])


def _texts(thing: Topic | Skill) -> dict[str, Any]:
    """As JSON, its primitives as phrases."""
    return {**asdict(thing), "primitives": [primitive.text for primitive in thing.primitives]}


def _skill(skill: Skill, found: Taxonomy) -> dict[str, Any]:
    """With how often each questioner asked for it, and how often the candidate was wrong."""
    needs = found.questions[found.questions["skills"].map(lambda names: skill.name in names)]
    asked = {
        method: {"asked": len(rows), "failures": int((rows["outcome"] == "failure").sum())}
        for method, rows in needs.groupby("method")
    }
    return {**_texts(skill), "methods": asked}


def main() -> None:
    """Reads data/verdicts; writes data/taxonomy and metrics/taxonomy.json."""
    params, seed, work = load("taxonomy", Params), load_seed(), store.work_folder()
    docs = work / "docs" / Path.cwd().name / "taxonomy"
    verdicts = store.read_frame(VERDICTS)
    with stage_run("taxonomy", work, params.model_dump() | {"seed": seed}) as mlflow:
        found = taxonomy(verdicts, params, seed)
        check(found.questions[[*PRIMITIVE.columns]], PRIMITIVE, docs / "primitives")
        if found.modes:
            check(store.to_frame(found.modes), FAILURE_MODE, docs / "failure_modes")
        write(found, OUT)
        store.write_json(METRICS, metrics(found))
        log(mlflow, found, docs)


def log(mlflow: Any, found: Taxonomy, docs: Path) -> None:
    """Counts, the taxonomy's files, and failure modes as a table with Data Docs."""
    mlflow.log_metrics({name: value for name, value in metrics(found).items() if name != "note"})
    mlflow.log_artifacts(str(OUT), "taxonomy")
    if found.modes:
        table = [{**asdict(mode), "examples": ", ".join(mode.examples[:3])} for mode in found.modes]
        mlflow.log_table(pd.DataFrame(table).astype({"traits": str}), "failure_modes.json")
    mlflow.log_artifacts(str(docs), "data_docs")


if __name__ == "__main__":
    run(main, restore="dvc checkout data/taxonomy metrics/taxonomy.json")
