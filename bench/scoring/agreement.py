"""Measures how far a taxonomy agrees with the grammar of scenes, and how far the taxonomies of searches agree."""

from collections.abc import Hashable, Mapping, Sequence
from itertools import combinations

import pandas as pd

from bench.scoring.scores import Truth
from bench.scoring.uniform import Scores
from blindspot.scenes.parse import parse
from blindspot.scenes.question import Question
from blindspot.scenes.scene import ATTRIBUTES
from blindspot.taxonomy.clustering.assignment import SkillAssignment
from blindspot.taxonomy.clustering.skills import Skill
from blindspot.taxonomy.discovery import Found
from blindspot.taxonomy.reading.primitive import Primitive

SkillPrimitives = Mapping[str, Sequence[tuple[str, str]]]  # by skill, its primitives as (ability, target)


def grammar_agreement(found: Found) -> Scores:
    """Returns the adjusted mutual information of the questions' skills with their kinds in the grammar.

    `meta_skills_families`: meta-skills with families. `skills_asked`: skills with the family and the attribute asked
    for. `skills_turning`: the same and the word that decides the question (left of, leftmost, fewer).
    `skills_described`: the same and the attributes that describe things. Questions outside the grammar, which a VLM
    may judge valid, are left out. A value is None if no question is left.
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


def taxonomy_mode_scores(found: Found, truth: Truth) -> Scores:
    """Returns the recall and the precision of the confirmed failure modes."""
    return truth.match([mode for mode in found.modes if mode.status == "confirmed"])


def search_agreement(searches: Sequence[SkillPrimitives]) -> list[float]:
    """Returns the adjusted Rand index of the skills of each pair of searches, over all primitives of both."""
    from sklearn.metrics import adjusted_rand_score

    indices = list[float]()
    for pair in combinations([_skills(primitives) for primitives in searches], 2):
        every = sorted({primitive for skills in pair for skill in skills for primitive in skill.primitives})
        assignments = [SkillAssignment(skills, []) for skills in pair]
        labels = [[next(iter(one.skills([primitive])), primitive.text) for primitive in every] for one in assignments]
        indices.append(float(adjusted_rand_score(*labels)))
    return indices


def _skills(primitives: SkillPrimitives) -> list[Skill]:
    return [Skill(name, "", (), tuple(Primitive(*pair) for pair in pairs)) for name, pairs in primitives.items()]


def _described(question: Question) -> frozenset[str]:
    """Returns the attributes that describe the things of a question."""
    things = [thing for thing in (question.subject, question.other) if thing is not None]
    return frozenset(name for thing in things for name in ATTRIBUTES if getattr(thing, name) is not None)


def _information(one: Sequence[Hashable], other: Sequence[Hashable]) -> float | None:
    if not one:
        return None
    from sklearn.metrics import adjusted_mutual_info_score

    numbers = [pd.factorize(pd.Series(list(labels), dtype=object))[0] for labels in (one, other)]
    return float(adjusted_mutual_info_score(*numbers))
