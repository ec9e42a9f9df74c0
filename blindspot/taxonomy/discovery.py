"""Finds primitives, skills and meta-skills in judged questions, and tests the failure modes on them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from typing import NamedTuple

import pandas as pd
from pydantic import Field

from blindspot.params import MODES, ModesParams, Section
from blindspot.prompts.files import RolePrompts
from blindspot.protocols import LLM, PrimitiveExtractor, SkillNamer
from blindspot.records.failure_mode import STATUSES, FailureMode
from blindspot.records.verdict import VALID
from blindspot.taxonomy.clustering.assignment import SkillAssignment
from blindspot.taxonomy.clustering.fit import Taxonomy, fit
from blindspot.taxonomy.clustering.llm_names import name_by
from blindspot.taxonomy.clustering.topics import FEWEST_PHRASES
from blindspot.taxonomy.modes.confirm import confirm, for_confirmation
from blindspot.taxonomy.modes.describe import definition
from blindspot.taxonomy.modes.documented import Weakness, kinds_asked_for, with_documented
from blindspot.taxonomy.modes.mixes import with_mixes
from blindspot.taxonomy.modes.search import find_modes
from blindspot.taxonomy.modes.significance import COLUMNS
from blindspot.taxonomy.modes.split import DISCOVERY, HELD_OUT, split
from blindspot.taxonomy.reading.english import not_english
from blindspot.taxonomy.reading.llm import Reading, read_by
from blindspot.taxonomy.reading.primitive import Primitive
from blindspot.taxonomy.reading.primitives import with_words
from blindspot.taxonomy.reading.question_features import columns
from blindspot.taxonomy.reading.wording import ASKS, KIND, wording
from blindspot.taxonomy.stability import of_modes, of_skills

ONE_IMAGE = "All questions are about one image, so none is left to confirm failure modes on."
EXTRACTOR = (
    "Therefore few kinds of question can be found. Set taxonomy.primitive_extractor to an LLM, which reads any "
    "language (docs/primitives.md)."
)
EXAMPLES = 24  # kept of each mode
READ = ("rollout_id", "method", "image_id", "question", "reference", "outcome")  # columns of verdicts


class Sorting(Section):
    """How questions are sorted into skills, and how stability is measured."""

    min_topic_size: int = Field(5, ge=2, description="Fewest distinct phrases in a topic")
    embedding: str = Field(
        "tfidf", description="Embedding of phrases: tfidf, folder of a sentence-transformers model, or your own class"
    )
    resamples: int = Field(20, ge=2, description="Resamples of the images on which stability is measured")


class TaxonomyOptions(NamedTuple):
    """What to use in place of the rules (None: the rules), and the documented weaknesses to match modes with.

    `extractor_prompts`, `namer_prompts`: prompts of the LLMs; None for the default ones.
    """

    primitive_extractor: LLM | PrimitiveExtractor | None = None
    skill_namer: LLM | SkillNamer | None = None
    documented: Sequence[Weakness] = ()
    extractor_prompts: RolePrompts | None = None
    namer_prompts: RolePrompts | None = None


class Discovered(NamedTuple):
    """Failure modes, the valid questions in which they were discovered, and the fewest questions that a mode needed.

    `questions`: columns image_id, question, reference and outcome.
    """

    modes: Sequence[FailureMode]
    questions: pd.DataFrame
    min_asked: int


ALONE = TaxonomyOptions()


@dataclass(frozen=True)
class Found:
    """A taxonomy and the failure modes.

    `questions`: the valid ones, with primitives, words, abilities (what is asked for, whatever the skill is called),
    kinds, skills, meta_skills, all features that a mode can have, and the part (`split`): HELD_OUT if the modes were
    discovered in other questions. `modes`: confirmed ones first. `threshold`: the one that was used for the modes.
    `stability`: adjusted Rand indices of the skills on resamples. `note`: why something is missing, or None.
    `unread`: the number of questions that the LLM could not read and the rules did. `documented`: the weaknesses
    that modes were matched with. `agreement`: of the LLM with the rules (`Reading`).
    """

    questions: pd.DataFrame
    taxonomy: Taxonomy
    modes: list[FailureMode]
    threshold: float
    stability: list[float]
    note: str | None
    unread: int
    documented: Sequence[Weakness]
    agreement: float | None = None


def find_taxonomy(
    verdicts: pd.DataFrame,
    how: Sorting,
    seed: int,
    helpers: TaxonomyOptions = ALONE,
    counts: ModesParams = MODES,
    discovered: Sequence[Discovered] = (),
) -> Found:
    """Finds the taxonomy of the valid questions of all methods, and tests the discovered failure modes on them.

    `verdicts`: the columns of verdicts.parquet; the family and whatever else only scenes have is not read. `counts`:
    what counts as a failure mode. `discovered`: what a search discovered in questions about other images. Without a
    search, modes are discovered in a part of these questions, and tested on the rest. Where there are too few
    questions for skills, `note` says so.
    """
    verdicts = verdicts if len(verdicts) else pd.DataFrame(columns=[*READ], dtype=object)
    valid = verdicts[verdicts["outcome"].isin(VALID)].reset_index(drop=True)
    threshold = max(counts.threshold, _base_rate(valid, counts.min_asked))
    primitives, unread, agreement = _read(valid, helpers)
    sorted_, indices, note = _skills(valid, primitives, how, seed, helpers)
    plain = with_features(valid, [mode for part in discovered for mode in part.modes])
    valid["features"] = [
        [*dict.fromkeys(chain(*lists))] for lists in zip(*(plain[name] for name in COLUMNS), strict=True)
    ]
    valid["part"] = HELD_OUT if discovered else split(valid["image_id"].tolist())
    rows = for_confirmation(plain.assign(part=valid["part"]), verdicts)
    modes = _modes(rows, discovered, threshold, counts, how, seed)
    modes = with_documented(modes, plain, helpers.documented)
    modes = with_mixes(modes, rows[rows["part"] == HELD_OUT], helpers.documented)
    if not note and not discovered and valid["image_id"].nunique() == 1:
        note = ONE_IMAGE
    return Found(valid, sorted_, modes, threshold, indices, note, unread, helpers.documented, agreement)


def with_features(questions: pd.DataFrame, modes: Iterable[FailureMode] = ()) -> pd.DataFrame:
    """Returns questions with COLUMNS, in which modes are searched and tested.

    Features of the wording are read only if one of `modes` has them. Abilities that an LLM read, in the column
    abilities of `questions`, are added to those that the rules read.
    """
    worded = {feature for mode in modes for feature in mode.features if feature.startswith((ASKS, KIND))}
    abilities = questions["abilities"] if "abilities" in questions else [()] * len(questions)
    rows = list[dict[str, list[str]]]()
    for question, reference, own in zip(questions["question"], questions["reference"], abilities, strict=True):
        row = columns(question, reference)
        row["abilities"] = [*dict.fromkeys([*row["abilities"], *own])]
        if worded:
            row["features"] += [one for one in wording(question, reference) if one in worded]
        rows.append(row)
    return questions.assign(
        **{name: pd.Series([row[name] for row in rows], questions.index, object) for name in COLUMNS}
    )


def _skills(
    valid: pd.DataFrame, primitives: Sequence[Sequence[Primitive]], how: Sorting, seed: int, helpers: TaxonomyOptions
) -> tuple[Taxonomy, list[float], str | None]:
    """Adds the columns skills and meta_skills. Returns the taxonomy, the stability of its skills, and a note."""
    sorted_, note = fit(primitives, how.embedding, how.min_topic_size, seed), _language(valid, helpers)
    if not sorted_.skills:
        valid["skills"] = valid["meta_skills"] = pd.Series([[] for _ in range(len(valid))], dtype=object)
        return Taxonomy([], [], []), [], " ".join(filter(None, (_too_few(primitives), note)))
    indices = of_skills(
        sorted_.skills, primitives, valid["image_id"], how.embedding, how.min_topic_size, _seeds(how, seed)
    )
    sorted_ = _with_words(sorted_, helpers)
    placing = SkillAssignment(sorted_.skills, sorted_.meta_skills)
    valid["skills"] = [placing.skills(found) for found in primitives]
    valid["meta_skills"] = [placing.meta_skills(names) for names in valid["skills"]]
    return sorted_, indices, note


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


def _modes(
    rows: pd.DataFrame,
    discovered: Sequence[Discovered],
    threshold: float,
    counts: ModesParams,
    how: Sorting,
    seed: int,
) -> list[FailureMode]:
    """Returns the failure modes with their status and recurrence, confirmed ones first.

    `rows`: the questions that they are tested on; without a search, also those that they are discovered in.
    """
    if not discovered:
        asked, rows = (rows[rows["part"] == part].reset_index(drop=True) for part in (DISCOVERY, HELD_OUT))
        found = find_modes(asked, threshold, counts.min_asked, EXAMPLES)
        discovered = [Discovered(found, asked, counts.min_asked)]
    back, modes = list[float | None](), [mode for part in discovered for mode in part.modes]
    for part in discovered:
        if part.questions.empty:
            back += [None] * len(part.modes)
            continue
        asked = with_features(part.questions, part.modes)
        asked = asked.assign(rollout_id=asked.index.astype(str))  # of no rollout: no example is kept
        back += of_modes(part.modes, asked, counts.threshold, part.min_asked, _seeds(how, seed))
    tested = confirm(modes, rows, threshold, EXAMPLES)
    modes = [replace(mode, recurrence=share) for mode, share in zip(tested, back, strict=True)]
    return sorted(modes, key=lambda mode: (STATUSES.index(mode.status), -mode.low))


def _seeds(how: Sorting, seed: int) -> range:
    """Returns the seeds of the resamples."""
    return range(seed + 1, seed + 1 + how.resamples)


def _base_rate(valid: pd.DataFrame, fewest: int) -> float:
    """Returns the error rate on the questions of the untrained base; 0 where it asked fewer than `fewest`."""
    of_base = valid.loc[valid["method"] == "base", "outcome"] == "failure"
    return float(of_base.mean()) if len(of_base) >= fewest else 0.0


def _read(valid: pd.DataFrame, helpers: TaxonomyOptions) -> tuple[list[list[Primitive]], int, float | None]:
    """Returns the primitives of each question, how many the LLM could not read, and its agreement with the rules.

    Adds the columns primitives (phrases), words (which the primitives were read from), abilities and kinds.
    """
    asked = [*zip(valid["question"], valid["reference"], strict=True)]
    reader, prompts = helpers.primitive_extractor, helpers.extractor_prompts
    read = read_by(reader, asked, prompts) if reader else Reading([with_words(*one) for one in asked], 0, None)
    primitives = [[primitive for primitive, _ in one] for one in read.found]
    valid["primitives"] = [[primitive.text for primitive in one] for one in primitives]
    valid["words"] = [[words for _, words in one] for one in read.found]
    valid["abilities"] = [[*dict.fromkeys(one.ability for one in asked if not one.detail)] for asked in primitives]
    valid["kinds"] = [*map(kinds_asked_for, primitives)]
    return primitives, read.unread, read.agreement


def _too_few(primitives: Sequence[Sequence[Primitive]]) -> str:
    """Returns why there are no skills."""
    phrases = len({primitive for found in primitives for primitive in found if not primitive.detail})
    few = f"the {len(primitives)} valid questions have {phrases} different primitives"
    return f"There are no skills: {few}, and it takes at least {FEWEST_PHRASES}."
