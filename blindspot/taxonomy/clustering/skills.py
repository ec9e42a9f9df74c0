"""Makes skills of topics: names them and merges those that mean the same."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from blindspot.taxonomy.clustering.embedding import Embeddings
from blindspot.taxonomy.clustering.groups import group_name
from blindspot.taxonomy.clustering.topics import Topic
from blindspot.taxonomy.reading.primitive import Primitive

SAME_MEANING = 0.95  # cosine between the mean vectors of two topics from which they are one skill


@dataclass(frozen=True)
class Skill:
    """A named ability. `definition`: what its questions do, or empty. `primitives`: its phrases, most used first."""

    name: str
    definition: str
    words: tuple[str, ...]
    primitives: tuple[Primitive, ...]


def name_skills(
    topics: Sequence[Topic], uses: Mapping[Primitive, int], embeddings: Embeddings, least: int
) -> list[Skill]:
    """Returns one skill for topics that mean the same, sorted by name, without definitions.

    `uses`: how often each primitive is used, in the order of `embeddings`. A topic in which no ability has most of the
    uses is split first: by abilities with at least `least` uses, the rest by verb.
    """
    place = {primitive: index for index, primitive in enumerate(uses)}
    topics = [part for topic in topics for part in _parts(topic, uses, least)]
    centres = [embeddings[[place[primitive] for primitive in topic.primitives]].mean(axis=0) for topic in topics]
    groups: list[list[int]] = []
    for index, topic in enumerate(topics):
        name = _name(topic.primitives, uses)
        for group in groups:
            if any(
                name == _name(topics[i].primitives, uses) or _cosine(centres[index], centres[i]) >= SAME_MEANING
                for i in group
            ):
                group.append(index)
                break
        else:
            groups.append([index])
    return sorted((_merge([topics[i] for i in group], uses) for group in groups), key=lambda skill: skill.name)


def _parts(topic: Topic, uses: Mapping[Primitive, int], least: int) -> list[Topic]:
    """Returns the topic, or the parts that it is split into."""
    needed = _needed(topic.primitives, uses)
    if 2 * max(needed.values()) > needed.total():
        return [topic]
    parts: dict[str, list[Primitive]] = defaultdict(list)
    for primitive in topic.primitives:
        ability = primitive.ability
        parts[ability if needed[ability] >= least else ability.split()[0]].append(primitive)
    return [Topic(tuple(done.split()), tuple(primitives)) for done, primitives in sorted(parts.items())]


def _needed(primitives: Sequence[Primitive], uses: Mapping[Primitive, int]) -> Counter[str]:
    """Returns how often each ability is used."""
    needed: Counter[str] = Counter()
    for primitive in primitives:
        needed[primitive.ability] += uses[primitive]
    return needed


def _merge(topics: list[Topic], uses: Mapping[Primitive, int]) -> Skill:
    primitives = [primitive for topic in topics for primitive in topic.primitives]
    primitives.sort(key=lambda primitive: (-uses[primitive], primitive))
    name = _name(primitives, uses)
    return Skill(name, "", topics[0].words, tuple(primitives))


def _name(primitives: Sequence[Primitive], uses: Mapping[Primitive, int]) -> str:
    """Returns the ability with most of the uses, or a name for the most used few where none has most."""
    needed = _needed(primitives, uses)
    ranked = sorted(needed, key=lambda ability: (-needed[ability], ability))
    if needed[ranked[0]] * 2 > needed.total():
        return ranked[0]
    return group_name(ranked)


def _cosine(one: Embeddings, other: Embeddings) -> float:
    return float(one @ other / (np.linalg.norm(one) * np.linalg.norm(other) + 1e-12))
