"""How far a taxonomy says what is known of scenes, and taxonomies of several searches say the same."""

from collections.abc import Hashable, Mapping, Sequence
from itertools import combinations

import pandas as pd

from bench.scoring.scores import Scores, Truth
from blindspot.scenes.parse import parse
from blindspot.scenes.question import Question
from blindspot.scenes.scene import ATTRIBUTES
from blindspot.taxonomy.clustering.assignment import SkillAssignment
from blindspot.taxonomy.clustering.skills import Skill
from blindspot.taxonomy.discovery import Found
from blindspot.taxonomy.reading.primitive import Primitive

Phrases = Mapping[str, Sequence[tuple[str, str]]]  # of each skill its primitives: abilities and targets


def of_families(found: Found) -> Scores:
    """Adjusted mutual information of meta-skills with families, and of skill sets with families and attributes.

    Over the questions that are in the grammar, for a VLM may call others valid; None where none is. `skills_asked`:
    with the attribute that is asked for. `skills_turning`: and the word that the question turns on (left of, leftmost,
    fewer). `skills_described`: and the attributes that things are described by.
    """
    parsed = [*map(parse, found.questions["question"])]
    known = [place for place, question in enumerate(parsed) if question is not None]
    asked = [question for question in parsed if question is not None]
    skills, groups = (
        [frozenset(names) for names in found.questions[column].iloc[known]] for column in ("skills", "meta_skills")
    )
    turning = [(one.family, one.attribute, one.word) for one in asked]
    return {
        "meta_skills_families": _information([one.family for one in asked], groups),
        "skills_asked": _information([(one.family, one.attribute) for one in asked], skills),
        "skills_turning": _information(turning, skills),
        "skills_described": _information([*zip(turning, map(_described, asked), strict=True)], skills),
    }


def of_modes(found: Found, truth: Truth) -> Scores:
    """Mode recall, also in parts, and mode precision."""
    placing = SkillAssignment(found.taxonomy.skills, found.taxonomy.meta_skills)
    return truth.found(found.modes, placing.features)


def of_searches(searches: Sequence[Phrases]) -> list[float]:
    """The adjusted Rand index of the skills of each two searches, over all the primitives of both."""
    from sklearn.metrics import adjusted_rand_score

    indices = list[float]()
    for pair in combinations([_skills(phrases) for phrases in searches], 2):
        asked = sorted({primitive for skills in pair for skill in skills for primitive in skill.primitives})
        placings = [SkillAssignment(skills, []) for skills in pair]
        labels = [[next(iter(placing.skills([one])), one.text) for one in asked] for placing in placings]
        indices.append(float(adjusted_rand_score(*labels)))
    return indices


def _skills(phrases: Phrases) -> list[Skill]:
    return [Skill(name, "", (), tuple(Primitive(*phrase) for phrase in some)) for name, some in phrases.items()]


def _described(question: Question) -> frozenset[str]:
    """The attributes that things are described by."""
    things = [thing for thing in (question.subject, question.other) if thing is not None]
    return frozenset(name for thing in things for name in ATTRIBUTES if getattr(thing, name) is not None)


def _information(one: Sequence[Hashable], other: Sequence[Hashable]) -> float | None:
    if not one:
        return None
    from sklearn.metrics import adjusted_mutual_info_score

    numbers = [pd.factorize(pd.Series(list(labels), dtype=object))[0] for labels in (one, other)]
    return float(adjusted_mutual_info_score(*numbers))
