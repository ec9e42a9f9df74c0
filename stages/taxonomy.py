"""taxonomy: which skills the questions need, and in which of them the candidate fails."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
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
from blindspot.params import Section, load, load_seed
from blindspot.records.failure_mode import FailureMode
from blindspot.skills.comparison import compare, figures
from blindspot.skills.known import Weakness, kinds_asked_for, matched, read_known, with_known
from blindspot.skills.modes import distinct_first, find_modes
from blindspot.skills.placing import Placing
from blindspot.skills.primitive import Primitive
from blindspot.skills.primitives import evidence
from blindspot.skills.skills import Skill
from blindspot.skills.stability import half, of_modes, of_skills
from blindspot.skills.taxonomy import Taxonomy, fit
from blindspot.skills.topics import FEWEST_PHRASES, Topic
from blindspot.skills.traits import traits
from blindspot.tracking import stage_run

VERDICTS, OUT, METRICS = Path("data/verdicts/verdicts.parquet"), Path("data/taxonomy"), Path("metrics/taxonomy.json")
VALID = ("failure", "correct")
EXAMPLES = 24  # kept of each mode; the report shows the first few
SHOWN = 5  # questions that a skill is shown by
QUESTION = ("rollout_id", "method", "fitted", "abilities", "skills", "meta_skills", "traits")


class Params(Section):
    """How questions are sorted into skills, and what counts as a failure mode."""

    min_topic_size: int = Field(5, ge=2, description="distinct phrases of the smallest topic")
    embedding: str = Field("tfidf", description="of the phrases: tfidf, or a sentence-transformers model folder")
    fit_share: float = Field(0.3, gt=0, lt=1, description="share of the images whose questions skills are fitted on")
    threshold: float = Field(
        0.25, gt=0, lt=1, description="a mode's wrong_rate must lie significantly above it, and above the base's"
    )
    min_asked: int = Field(20, ge=5, description="valid questions that a mode needs")
    resamples: int = Field(20, ge=2, description="resamples of the images on which stability is measured")
    known: str = Field(
        "blindspot/skills/known.yaml", description="file of known weaknesses: a mode that matches none of them is new"
    )


@dataclass(frozen=True)
class Found:
    """Everything the stage writes.

    `questions`: rollout_id, method, primitives, evidence, abilities (what is asked for, whatever its skill is called),
    skills, meta_skills, traits, and whether the question was `fitted` on. `threshold`: that of the modes. `stability`:
    adjusted Rand indices of the skills on resamples. `known`: the weaknesses that modes were matched against.
    """

    questions: pd.DataFrame
    taxonomy: Taxonomy
    modes: list[FailureMode]
    threshold: float
    stability: list[float]
    note: str | None
    known: Sequence[Weakness]


def taxonomy(verdicts: pd.DataFrame, params: Params, seed: int, known: Sequence[Weakness] = ()) -> Found:
    """The taxonomy of all valid questions, whoever asked, and the failure modes in them.

    Skills are fitted on the questions about a share of the images, modes found in those about the others. `verdicts`:
    the columns of verdicts.parquet; neither family nor anything else that only scenes know is read. Where there is
    too little to sort, `note` says why and everything but the primitives is empty. `known`: weaknesses to match.
    """
    valid = verdicts[verdicts["outcome"].isin(VALID)].reset_index(drop=True)
    threshold = max(params.threshold, _base_rate(valid))
    primitives = _read(valid)
    valid["fitted"] = half(valid["image_id"], seed, params.fit_share)
    fitted = [found for found, part in zip(primitives, valid["fitted"], strict=True) if part]
    sorted_ = fit(fitted, params.embedding, params.min_topic_size, seed)
    if not sorted_.skills:
        return _without(valid, fitted, threshold, known)
    placing = Placing(sorted_.skills, sorted_.meta_skills)
    valid["skills"] = [placing.skills(found) for found in primitives]
    valid["meta_skills"] = [placing.meta_skills(names) for names in valid["skills"]]
    seeds = range(seed, seed + params.resamples)
    rated = valid[~valid["fitted"]].reset_index(drop=True)
    modes = find_modes(rated, threshold, params.min_asked, EXAMPLES)
    back = of_modes(modes, rated, threshold, params.min_asked, seeds)
    modes = [replace(mode, came_back=share) for mode, share in zip(modes, back, strict=True)]
    modes = with_known(modes, rated, known)
    indices = of_skills(sorted_, primitives, valid["image_id"], params.embedding, params.min_topic_size, seeds)
    return Found(valid, sorted_, modes, threshold, indices, None, known)


def _base_rate(valid: pd.DataFrame) -> float:
    """The candidate's wrong_rate on the untrained base's questions; 0 where it asked none."""
    of_base = valid.loc[valid["method"] == "base", "outcome"] == "failure"
    return float(of_base.mean()) if len(of_base) else 0.0


def _read(valid: pd.DataFrame) -> list[list[Primitive]]:
    """The primitives of each question; adds columns: phrases, words that say so, abilities, kinds, other traits."""
    asked = [*zip(valid["question"], valid["reference"], strict=True)]
    found = [evidence(question, reference) for question, reference in asked]
    valid["primitives"] = [[primitive.text for primitive, _ in one] for one in found]
    valid["evidence"] = [[words for _, words in one] for one in found]
    valid["traits"] = [traits(question, reference) for question, reference in asked]
    primitives = [[primitive for primitive, _ in one] for one in found]
    valid["kinds"] = [*map(kinds_asked_for, primitives)]
    valid["abilities"] = [[*dict.fromkeys(one.ability for one in asked if not one.detail)] for asked in primitives]
    return primitives


def _without(valid: pd.DataFrame, fitted: list[list[Primitive]], threshold: float, known: Sequence[Weakness]) -> Found:
    """No taxonomy, and the sentence that says why."""
    nothing: pd.Series[Any] = pd.Series([[] for _ in range(len(valid))], dtype=object)
    phrases = len({primitive for found in fitted for primitive in found if not primitive.detail})
    why = f"{len(fitted)} valid questions about the images it is fitted on, with {phrases} different primitives, are"
    note = f"There is no taxonomy: {why} too few to sort ({FEWEST_PHRASES} primitives at least)."
    questions = valid.assign(skills=nothing, meta_skills=nothing)
    return Found(questions, Taxonomy([], [], []), [], threshold, [], note, known)


def metrics(found: Found) -> dict[str, Any]:
    """What metrics/taxonomy.json holds. `skill_stability`: the adjusted Rand index, its median over resamples."""
    questions = found.questions
    back = [mode.came_back for mode in found.modes if mode.came_back is not None]
    return {
        "primitives": len({text for texts in questions["primitives"] for text in texts}),
        "topics": len(found.taxonomy.topics),
        "skills": len(found.taxonomy.skills),
        "meta_skills": len(found.taxonomy.meta_skills),
        "skills_per_question": float(questions["skills"].map(len).mean()) if len(questions) else 0.0,
        "failure_modes": len(found.modes),
        "new_modes": sum(mode.known == () for mode in found.modes) if found.known else None,
        "threshold": found.threshold,
        "skill_stability": median(found.stability) if found.stability else None,
        "modes_came_back": mean(back) if back else None,
        "note": found.note,
    }


def write(found: Found, out: Path) -> None:
    """Writes the folder data/taxonomy."""
    sorted_, questions = found.taxonomy, found.questions
    with store.replacing(out) as folder:
        store.write_frame(folder / "primitives.parquet", questions[["rollout_id", "primitives", "evidence"]])
        store.write_frame(folder / "questions.parquet", questions[[*QUESTION]])
        store.write_json(folder / "topics.json", [_texts(topic) for topic in sorted_.topics])
        store.write_json(folder / "skills.json", [_skill(skill, found) for skill in sorted_.skills])
        store.write_json(folder / "meta_skills.json", [asdict(meta_skill) for meta_skill in sorted_.meta_skills])
        store.write_json(folder / "failure_modes.json", [asdict(mode) for mode in found.modes])
        store.write_json(folder / "comparison.json", compare(questions))
        store.write_json(folder / "known.json", matched(found.modes, found.known))
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
    known, verdicts = read_known(Path(params.known)), store.read_frame(VERDICTS)
    with stage_run("taxonomy", work, params.model_dump() | {"seed": seed}) as mlflow:
        found = taxonomy(verdicts, params, seed, known)
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
            pd.DataFrame(table).astype(dict.fromkeys(("traits", "kinds", "known"), str)), "failure_modes.json"
        )
    mlflow.log_artifacts(str(docs), "data_docs")


if __name__ == "__main__":
    run(main, restore="dvc checkout data/taxonomy metrics/taxonomy.json")
