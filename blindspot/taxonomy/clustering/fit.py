"""The four steps in order: primitives, topics, skills, meta-skills."""

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
    """Topics, the skills that they are, and the skills' groups; all empty where there was too little to sort."""

    topics: list[Topic]
    skills: list[Skill]
    meta_skills: list[MetaSkill]


def fit(questions: Iterable[Sequence[Primitive]], embedding: str, min_topic_size: int, seed: int) -> Taxonomy:
    """The taxonomy of what the questions ask for; `questions` are their primitives.

    Empty with fewer than FEWEST_PHRASES different phrases. Raises BlindspotError where `embedding` names no model.
    """
    topics, skills = fit_skills(questions, embedding, min_topic_size, seed)
    return Taxonomy(topics, skills, group_skills([skill.name for skill in skills], seed) if skills else [])


def fit_skills(
    questions: Iterable[Sequence[Primitive]], embedding: str, min_topic_size: int, seed: int
) -> tuple[list[Topic], list[Skill]]:
    """Its first steps. Details are left out: every question has things to recognise."""
    from threadpoolctl import threadpool_limits

    counts = Counter(primitive for found in questions for primitive in found if not primitive.detail)
    uses = {primitive: counts[primitive] for primitive in sorted(counts)}
    if len(uses) < FEWEST_PHRASES:
        return [], []
    with threadpool_limits(1):  # the same bytes whatever the number of threads, and no slower on so little
        embedded = embed(list(uses), embedding, seed)
        topics = find_topics(uses, embedded, min_topic_size, seed)
    return topics, name_skills(topics, uses, embedded.vectors, min_topic_size)
