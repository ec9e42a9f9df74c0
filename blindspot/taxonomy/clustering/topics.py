"""Finds topics: clusters of the phrases of primitives, by BERTopic on their embeddings."""

import logging
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from blindspot.taxonomy.clustering.embedding import LINKING_WORDS, Embedded, Embeddings
from blindspot.taxonomy.reading.primitive import Primitive

FEWEST_PHRASES = 10  # distinct phrases; fewer are not clustered
FITTED = 5000  # most used phrases that are clustered: the time of HDBSCAN grows with the square of their number
EXACT = 5000  # phrases up to which all pairs are compared: that takes less time than compiling NNDescent
NEIGHBOURS = 15  # neighbours of a phrase that are compared if there are more phrases
DUPLICATE = 0.95  # cosine from which two phrases are near-duplicates
SIMILAR = 0.5  # cosine from which an outlier joins the nearest topic
DIVERSITY = 0.3  # of the words of a topic: 0 selects the most typical ones, 1 the most different ones

Labels = npt.NDArray[np.intp]


@dataclass(frozen=True)
class Topic:
    """A cluster of phrases.

    Attributes:
        words: the words that distinguish it (c-TF-IDF, then diversity), most typical first.
    """

    words: tuple[str, ...]
    primitives: tuple[Primitive, ...]


def find_topics(uses: Mapping[Primitive, int], embedded: Embedded, min_topic_size: int, seed: int) -> list[Topic]:
    """Returns the topics of distinct primitives, largest first.

    Near-duplicates are merged, then the FITTED most used phrases are clustered. Each other phrase, and each outlier,
    joins the topic of its ability, or forms a new topic.

    `uses`: the number of questions with each primitive, in the order of `embedded`.
    """
    primitives, numbers = list(uses), np.array(list(uses.values()))
    leaders = near_duplicates(embedded.vectors, numbers, seed)
    kept = np.unique(leaders)
    fitted = kept[np.argsort(-numbers[kept], kind="stable")[:FITTED]]
    fitted.sort()
    model, topics = _fit([primitives[index].text for index in fitted], embedded, fitted, min_topic_size)
    labels = np.full(len(primitives), -1)
    labels[fitted] = topics
    labels = _place_outliers(primitives, numbers, labels[leaders], embedded.vectors, min_topic_size)
    members: dict[int, list[Primitive]] = defaultdict(list)
    for primitive, label in zip(primitives, labels.tolist(), strict=True):
        members[label].append(primitive)
    found = [Topic(_words(model, label, phrases), tuple(sorted(phrases))) for label, phrases in members.items()]
    return sorted(found, key=lambda topic: (-len(topic.primitives), topic.primitives))


def near_duplicates(vectors: Embeddings, uses: npt.NDArray[np.intp], seed: int) -> Labels:
    """Returns for each phrase the index of the most used phrase that means the same, or its own index."""
    leaders = np.full(len(vectors), -1)
    neighbours = _neighbours(vectors, seed)
    for index in np.argsort(-uses, kind="stable"):
        if leaders[index] < 0:
            similar = neighbours(int(index))
            leaders[similar[leaders[similar] < 0]] = index
            leaders[index] = index
    return leaders


def _neighbours(vectors: Embeddings, seed: int) -> Any:
    """Returns a function from the index of a phrase to the indices of its near-duplicates."""
    if len(vectors) <= EXACT:
        return lambda index: np.flatnonzero(vectors @ vectors[index] >= DUPLICATE)
    from pynndescent import NNDescent

    search = NNDescent(vectors, metric="cosine", n_neighbors=NEIGHBOURS, random_state=seed, n_jobs=1)
    indices, distances = search.neighbor_graph
    return lambda index: indices[index][distances[index] <= 1 - DUPLICATE]


def _fit(texts: list[str], embedded: Embedded, indices: Labels, min_topic_size: int) -> tuple[Any, Labels]:
    """Returns the BERTopic model and the topic of each phrase, -1 for an outlier."""
    from bertopic import BERTopic
    from bertopic.dimensionality import BaseDimensionalityReduction
    from bertopic.representation import MaximalMarginalRelevance
    from hdbscan import HDBSCAN
    from sklearn.feature_extraction.text import CountVectorizer

    logging.getLogger("BERTopic").setLevel(logging.WARNING)
    vectors = embedded.vectors[indices]
    model = BERTopic(
        embedding_model=embedded.backend,
        umap_model=BaseDimensionalityReduction(),  # the vectors have few dimensions already
        hdbscan_model=HDBSCAN(
            min_cluster_size=min_topic_size, min_samples=1, cluster_selection_method="leaf", core_dist_n_jobs=1
        ),
        vectorizer_model=CountVectorizer(token_pattern=r"[^\s()]+", stop_words=sorted(LINKING_WORDS)),
        representation_model=MaximalMarginalRelevance(diversity=DIVERSITY),
    )
    labels, _ = model.fit_transform(texts, vectors)
    return model, np.array(labels)


def _place_outliers(
    primitives: Sequence[Primitive],
    uses: npt.NDArray[np.intp],
    labels: Labels,
    vectors: Embeddings,
    min_topic_size: int,
) -> Labels:
    """Returns `labels` with a topic for each outlier.

    An outlier joins the topic with most phrases of its ability. If there is none, and at least `min_topic_size`
    questions need the ability, the ability forms a new topic. A rarer ability joins the nearest topic if that is
    similar, else a topic of all such abilities with the same verb.
    """
    needed, topics_of = Counter[str](), defaultdict[str, Counter[int]](Counter)
    for primitive, number, label in zip(primitives, uses.tolist(), labels.tolist(), strict=True):
        needed[primitive.ability] += number
        topics_of[primitive.ability][label] += label >= 0
    placed, added = labels.copy(), dict[str, int]()
    outliers = np.flatnonzero(labels == -1)
    nearest, similarity = _nearest(vectors, labels, outliers)
    for index, label, cosine in zip(outliers.tolist(), nearest, similarity, strict=True):
        ability = primitives[index].ability
        topic, members = topics_of[ability].most_common(1)[0]
        if members:
            placed[index] = topic
        elif needed[ability] < min_topic_size and cosine >= SIMILAR:
            placed[index] = label
        else:
            name = ability if needed[ability] >= min_topic_size else ability.split()[0]
            placed[index] = added.setdefault(name, int(labels.max()) + 1 + len(added))
    return placed


def _nearest(vectors: Embeddings, labels: Labels, indices: Labels) -> tuple[list[int], list[float]]:
    """Returns the topic with the nearest mean vector for each phrase, and their cosine. Both are -1 without topics."""
    from sklearn.preprocessing import normalize

    clusters = sorted({*labels.tolist()} - {-1})
    if not clusters or not len(indices):
        return [-1] * len(indices), [-1.0] * len(indices)
    centres = normalize(np.array([vectors[labels == label].mean(axis=0) for label in clusters]))
    cosines = vectors[indices] @ centres.T
    best = cosines.argmax(axis=1)
    return [clusters[column] for column in best], cosines[np.arange(len(best)), best].tolist()


def _words(model: Any, label: int, primitives: list[Primitive]) -> tuple[str, ...]:
    """Returns BERTopic's words of a topic, or those of its first phrase if it was formed of outliers."""
    weighted = model.get_topic(label)
    words = [word for word, _ in weighted] if weighted else primitives[0].text.split()
    return tuple(word for word in words if word)[:6]
