"""Skills: topics with a name, merged where they mean the same. Meta-skills: a hierarchy over skills, cut and named."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from blindspot.skills import lexicon
from blindspot.skills.embedding import LINKING_WORDS, Embeddings
from blindspot.skills.primitive import Primitive
from blindspot.skills.topics import Topic

SAME_MEANING = 0.95  # cosine between the mean vectors of two topics from which they are one skill
NAMED_AFTER = 3  # abilities or skills that a name lists at most


@dataclass(frozen=True)
class Skill:
    """A named ability. `primitives` are its phrases, the most used first."""

    name: str
    words: tuple[str, ...]
    primitives: tuple[Primitive, ...]


@dataclass(frozen=True)
class MetaSkill:
    """A named group of skills (their names)."""

    name: str
    skills: tuple[str, ...]


def name_skills(topics: Sequence[Topic], uses: Mapping[Primitive, int], embeddings: Embeddings) -> list[Skill]:
    """One skill for topics that mean the same, by name. `uses` holds the primitives in the order of `embeddings`."""
    place = {primitive: index for index, primitive in enumerate(uses)}
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


def group_skills(skills: Sequence[Skill]) -> list[MetaSkill]:
    """Named groups, at most half as many as skills: average-linkage clusters, cut where the silhouette is best."""
    names = [skill.name for skill in skills]
    groups: dict[int, list[str]] = defaultdict(list)
    for name, label in zip(names, _cut(_distances(names)), strict=True):
        groups[label].append(name)
    named: dict[str, list[str]] = defaultdict(list)
    for members in groups.values():
        named[_group_name(members)] += members
    return [MetaSkill(name, tuple(sorted(members))) for name, members in sorted(named.items())]


def _cut(distances: Embeddings) -> list[int]:
    """A group label for each row; one group where there are fewer than four rows, too few to tell groups apart."""
    from scipy.cluster.hierarchy import fcluster, linkage
    from scipy.spatial.distance import squareform
    from sklearn.metrics import silhouette_score

    if len(distances) < 4:
        return [0] * len(distances)
    tree = linkage(squareform(distances, checks=False), method="average")
    cuts = [fcluster(tree, number, criterion="maxclust") for number in range(2, len(distances) // 2 + 1)]
    scores = [
        round(silhouette_score(distances, cut, metric="precomputed"), 9) if len(set(cut)) > 1 else -1 for cut in cuts
    ]
    return [int(label) for label in cuts[int(np.argmax(scores))]]


def _merge(topics: list[Topic], uses: Mapping[Primitive, int]) -> Skill:
    primitives = [primitive for topic in topics for primitive in topic.primitives]
    primitives.sort(key=lambda primitive: (-uses[primitive], primitive))
    return Skill(_name(primitives, uses), topics[0].words, tuple(primitives))


def _name(primitives: Sequence[Primitive], uses: Mapping[Primitive, int]) -> str:
    """The ability that most of the uses are of, or the foremost few where none is."""
    abilities: Counter[str] = Counter()
    for primitive in primitives:
        abilities[primitive.ability] += uses[primitive]
    ranked = sorted(abilities, key=lambda ability: (-abilities[ability], ability))
    if abilities[ranked[0]] * 2 > abilities.total():
        return ranked[0]
    return _group_name(ranked)


def _group_name(names: Sequence[str]) -> str:
    """The lexicon's name for what is done in all of them, else the first few names."""
    done = {name.split()[0] for name in names}
    if len(names) > 1 and len(done) == 1 and (known := lexicon.GROUPS.get(*done)):
        return known
    return ", ".join(names[:NAMED_AFTER]) + (" …" if len(names) > NAMED_AFTER else "")


def _distances(names: Sequence[str]) -> Embeddings:
    """Cosine distances (skills, skills) between the words of their names; the first, what is done, counts twice."""
    from sklearn.feature_extraction.text import CountVectorizer
    from sklearn.metrics.pairwise import cosine_distances

    texts = [f"{name.split()[0]} {name}" for name in names]
    counts = CountVectorizer(token_pattern=r"[^\s(),]+", stop_words=sorted(LINKING_WORDS)).fit_transform(texts)
    distances: Embeddings = np.clip(cosine_distances(counts), 0, None)
    np.fill_diagonal(distances, 0)
    return (distances + distances.T) / 2


def _cosine(one: Embeddings, other: Embeddings) -> float:
    return float(one @ other / (np.linalg.norm(one) * np.linalg.norm(other) + 1e-12))
