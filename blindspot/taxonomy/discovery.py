"""Finds primitives, skills, meta-skills and failure modes in judged questions."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import pandas as pd
from pydantic import Field

from blindspot.params import Section
from blindspot.prompts.files import RolePrompts
from blindspot.protocols import LLM
from blindspot.records.failure_mode import FailureMode
from blindspot.records.verdict import VALID
from blindspot.taxonomy.clustering.assignment import SkillAssignment
from blindspot.taxonomy.clustering.fit import Taxonomy, fit
from blindspot.taxonomy.clustering.llm_names import name_by
from blindspot.taxonomy.clustering.topics import FEWEST_PHRASES
from blindspot.taxonomy.modes.describe import definition
from blindspot.taxonomy.modes.documented import Weakness, kinds_asked_for, with_documented
from blindspot.taxonomy.modes.search import find_modes
from blindspot.taxonomy.reading.english import not_english
from blindspot.taxonomy.reading.features import features
from blindspot.taxonomy.reading.llm import read_by
from blindspot.taxonomy.reading.primitive import Primitive
from blindspot.taxonomy.reading.primitives import with_words
from blindspot.taxonomy.stability import half, of_modes, of_skills

ONE_IMAGE = (
    "All questions are about one image. Skills were fitted on it, so no image is left to find failure modes on."
)
EXTRACTOR = (
    "Therefore few kinds of question can be found. Set taxonomy.primitive_extractor to an LLM, which reads any "
    "language (docs/primitives.md)."
)
EXAMPLES = 24  # kept of each mode
READ = ("rollout_id", "method", "image_id", "question", "reference", "outcome")  # columns of verdicts


class Sorting(Section):
    """How questions are sorted into skills, and what counts as a failure mode."""

    min_topic_size: int = Field(5, ge=2, description="Fewest distinct phrases in a topic")
    embedding: str = Field(
        "tfidf", description="Embedding of phrases: tfidf, or the folder of a sentence-transformers model"
    )
    fit_share: float = Field(0.3, gt=0, lt=1, description="Share of the images whose questions skills are fitted on")
    threshold: float = Field(
        0.25,
        gt=0,
        lt=1,
        description="The error_rate of a failure mode must be significantly above this and above that of the base",
    )
    min_asked: int = Field(20, ge=5, description="Fewest valid questions in a failure mode")
    resamples: int = Field(20, ge=2, description="Resamples of the images on which stability is measured")


class TaxonomyOptions(NamedTuple):
    """LLMs to use in place of the rules (None: the rules), and the documented weaknesses to match modes with.

    `extractor_prompts`, `namer_prompts`: prompts of the LLMs; None for the default ones.
    """

    primitive_extractor: LLM | None = None
    skill_namer: LLM | None = None
    documented: Sequence[Weakness] = ()
    extractor_prompts: RolePrompts | None = None
    namer_prompts: RolePrompts | None = None


ALONE = TaxonomyOptions()


@dataclass(frozen=True)
class Found:
    """A taxonomy and the failure modes.

    `questions`: the valid ones, with primitives, words, abilities (what is asked for, whatever the skill is called),
    kinds, skills, meta_skills, features, and whether the skills were `fitted` on the question. `threshold`: the one
    that was used for the modes. `stability`: adjusted Rand indices of the skills on resamples. `note`: why something
    is missing, or None. `unread`: the number of questions that the LLM could not read and the rules did. `documented`:
    the weaknesses that modes were matched with.
    """

    questions: pd.DataFrame
    taxonomy: Taxonomy
    modes: list[FailureMode]
    threshold: float
    stability: list[float]
    note: str | None
    unread: int
    documented: Sequence[Weakness]


def find_taxonomy(verdicts: pd.DataFrame, how: Sorting, seed: int, helpers: TaxonomyOptions = ALONE) -> Found:
    """Finds the taxonomy of the valid questions of all methods, and the failure modes among them.

    Skills are fitted on the questions about a share of the images, modes are found in the questions about the others.
    `verdicts`: the columns of verdicts.parquet; the family and whatever else only scenes have is not read. Where there
    are too few questions, `note` says so and everything but the primitives is empty.
    """
    verdicts = verdicts if len(verdicts) else pd.DataFrame(columns=[*READ], dtype=object)
    valid = verdicts[verdicts["outcome"].isin(VALID)].reset_index(drop=True)
    threshold = max(how.threshold, _base_rate(valid, how.min_asked))
    primitives, unread = _read(valid, helpers)
    valid["fitted"] = half(valid["image_id"], seed, how.fit_share)
    fitted = [found for found, part in zip(primitives, valid["fitted"], strict=True) if part]
    sorted_ = fit(fitted, how.embedding, how.min_topic_size, seed)
    if not sorted_.skills:
        return _without(valid, fitted, threshold, unread, helpers)
    indices = of_skills(
        sorted_.skills, primitives, valid["image_id"], how.embedding, how.min_topic_size, _seeds(how, seed)
    )
    sorted_ = _with_words(sorted_, helpers)
    placing = SkillAssignment(sorted_.skills, sorted_.meta_skills)
    valid["skills"] = [placing.skills(found) for found in primitives]
    valid["meta_skills"] = [placing.meta_skills(names) for names in valid["skills"]]
    rated = valid[~valid["fitted"]].reset_index(drop=True)
    modes = with_documented(_modes(rated, threshold, how, seed), rated, helpers.documented)
    note = _language(valid, helpers) or (ONE_IMAGE if valid["fitted"].all() else None)
    return Found(valid, sorted_, modes, threshold, indices, note, unread, helpers.documented)


def _language(valid: pd.DataFrame, helpers: TaxonomyOptions) -> str | None:
    """Returns a sentence if the rules read the questions, and cannot read the language of most."""
    problem = None if helpers.primitive_extractor else not_english(valid["question"])
    return problem and f"{problem}. {EXTRACTOR}"


def _with_words(sorted_: Taxonomy, helpers: TaxonomyOptions) -> Taxonomy:
    """Returns the taxonomy with definitions of its skills and, where there is an LLM, its names and definitions."""
    skills = [replace(skill, definition=definition(skill.name)) for skill in sorted_.skills]
    if helpers.skill_namer is None:
        return replace(sorted_, skills=skills)
    return Taxonomy(sorted_.topics, *name_by(helpers.skill_namer, skills, sorted_.meta_skills, helpers.namer_prompts))


def _modes(rated: pd.DataFrame, threshold: float, how: Sorting, seed: int) -> list[FailureMode]:
    """Returns the failure modes with their recurrence."""
    modes = find_modes(rated, threshold, how.min_asked, EXAMPLES)
    back = of_modes(modes, rated, threshold, how.min_asked, _seeds(how, seed))
    return [replace(mode, recurrence=share) for mode, share in zip(modes, back, strict=True)]


def _seeds(how: Sorting, seed: int) -> range:
    """Returns the seeds of the resamples; `seed` itself draws the images that skills are fitted on."""
    return range(seed + 1, seed + 1 + how.resamples)


def _base_rate(valid: pd.DataFrame, fewest: int) -> float:
    """Returns the error rate on the questions of the untrained base; 0 where it asked fewer than `fewest`."""
    of_base = valid.loc[valid["method"] == "base", "outcome"] == "failure"
    return float(of_base.mean()) if len(of_base) >= fewest else 0.0


def _read(valid: pd.DataFrame, helpers: TaxonomyOptions) -> tuple[list[list[Primitive]], int]:
    """Returns the primitives of each question, and how many questions the LLM could not read.

    Adds the columns primitives (phrases), words (which the primitives were read from), features, abilities and kinds.
    """
    asked = [*zip(valid["question"], valid["reference"], strict=True)]
    reader, prompts = helpers.primitive_extractor, helpers.extractor_prompts
    found, unread = read_by(reader, asked, prompts) if reader else ([with_words(*one) for one in asked], 0)
    primitives = [[primitive for primitive, _ in one] for one in found]
    valid["primitives"] = [[primitive.text for primitive in one] for one in primitives]
    valid["words"] = [[words for _, words in one] for one in found]
    valid["features"] = [features(question, reference) for question, reference in asked]
    valid["abilities"] = [[*dict.fromkeys(one.ability for one in asked if not one.detail)] for asked in primitives]
    valid["kinds"] = [*map(kinds_asked_for, primitives)]
    return primitives, unread


def _without(
    valid: pd.DataFrame, fitted: list[list[Primitive]], threshold: float, unread: int, helpers: TaxonomyOptions
) -> Found:
    """Returns an empty taxonomy with a note that says why."""
    nothing: pd.Series[Any] = pd.Series([[] for _ in range(len(valid))], dtype=object)
    phrases = len({primitive for found in fitted for primitive in found if not primitive.detail})
    few = f"the {len(fitted)} valid questions about the images to fit it on have {phrases} different primitives"
    note = f"There is no taxonomy: {few}, and it takes at least {FEWEST_PHRASES}."
    note = " ".join(filter(None, (note, _language(valid, helpers))))
    questions = valid.assign(skills=nothing, meta_skills=nothing)
    return Found(questions, Taxonomy([], [], []), [], threshold, [], note, unread, helpers.documented)
