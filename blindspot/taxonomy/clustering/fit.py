"""Fits a taxonomy: from primitives to topics, skills and meta-skills."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from blindspot.taxonomy.clustering.embedding import embed
from blindspot.taxonomy.clustering.groups import MetaSkill, group_skills
from blindspot.taxonomy.clustering.skills import Skill, name_skills
from blindspot.taxonomy.clustering.topics import FEWEST_PHRASES, Topic, find_topics
from blindspot.taxonomy.reading.primitive import Primitive


@dataclass(frozen=True)
class Taxonomy:
    """Topics, the skills made of them, and groups of skills. All are empty if there were too few phrases."""

    topics: list[Topic]
    skills: list[Skill]
    meta_skills: list[MetaSkill]


def fit(questions: Iterable[Sequence[Primitive]], embedding: str, min_topic_size: int, seed: int) -> Taxonomy:
    """Returns the taxonomy of questions. It is empty if they have fewer than FEWEST_PHRASES distinct phrases.

    `questions`: the primitives of each question. Raises BlindspotError if `embedding` names no model.
    """
    topics, skills = fit_skills(questions, embedding, min_topic_size, seed)
    return Taxonomy(topics, skills, group_skills([skill.name for skill in skills], seed) if skills else [])


def fit_skills(
    questions: Iterable[Sequence[Primitive]], embedding: str, min_topic_size: int, seed: int
) -> tuple[list[Topic], list[Skill]]:
    """Returns topics and skills. Details are left out, because every question has objects to recognise."""
    from threadpoolctl import threadpool_limits

    counts = Counter(primitive for question in questions for primitive in question if not primitive.detail)
    uses = {primitive: counts[primitive] for primitive in sorted(counts)}
    if len(uses) < FEWEST_PHRASES:
        return [], []
    with threadpool_limits(1):  # so that results do not depend on the number of threads
        embedded = embed(list(uses), embedding, seed)
        topics = find_topics(uses, embedded, min_topic_size, seed)
    return topics, name_skills(topics, uses, embedded.vectors, min_topic_size)
