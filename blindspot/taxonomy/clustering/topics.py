"""Topics: clusters of primitive phrases, found by BERTopic on their embeddings."""

import logging
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from blindspot.taxonomy.clustering.embedding import LINKING_WORDS, Embedded, Embeddings
from blindspot.taxonomy.reading.primitive import Primitive

FEWEST_PHRASES = 10  # distinct; below that there is nothing to cluster
FITTED = 5000  # phrases, the most used, on which clusters are sought: HDBSCAN takes the square of their number
EXACT = 2000  # phrases up to which near-duplicates are sought among all pairs
NEIGHBOURS = 15  # of a phrase that are looked at among more
DUPLICATE = 0.95  # cosine from which two phrases say the same
SIMILAR = 0.5  # cosine from which an outlier goes to the nearest topic
DIVERSITY = 0.3  # of a topic's words: 0 is the most telling ones, 1 the most different

Labels = npt.NDArray[np.intp]


@dataclass(frozen=True)
class Topic:
    """A cluster of phrases. `words` say what sets it apart (c-TF-IDF, then by diversity), the most telling first."""

    words: tuple[str, ...]
    primitives: tuple[Primitive, ...]


def find_topics(uses: Mapping[Primitive, int], embedded: Embedded, min_topic_size: int, seed: int) -> list[Topic]:
    """Clusters the distinct primitives (in the order of `embedded`), the largest topic first.

    `uses`: in how many questions each occurs. Near-duplicates are merged, the FITTED most used of what is left are
    clustered, and the rest follows: an outlier goes where the rest of its ability is, or is a topic of its own.
    """
    primitives, numbers = list(uses), np.array(list(uses.values()))
    leaders = near_duplicates(embedded.vectors, numbers, seed)
    kept = np.unique(leaders)
    fitted = kept[np.argsort(-numbers[kept], kind="stable")[:FITTED]]
    fitted.sort()
    model, found = _fit([primitives[place].text for place in fitted], embedded, fitted, min_topic_size)
    labels = np.full(len(primitives), -1)
    labels[fitted] = found
    labels = _place_outliers(primitives, numbers, labels[leaders], embedded.vectors, min_topic_size)
    members: dict[int, list[Primitive]] = defaultdict(list)
    for primitive, label in zip(primitives, labels.tolist(), strict=True):
        members[label].append(primitive)
    topics = [Topic(_words(model, label, found), tuple(sorted(found))) for label, found in members.items()]
    return sorted(topics, key=lambda topic: (-len(topic.primitives), topic.primitives))


def near_duplicates(vectors: Embeddings, uses: npt.NDArray[np.intp], seed: int) -> Labels:
    """For each phrase the place of the most used one that says the same, its own where none does."""
    leaders = np.full(len(vectors), -1)
    neighbours = _neighbours(vectors, seed)
    for place in np.argsort(-uses, kind="stable"):
        if leaders[place] < 0:
            alike = neighbours(int(place))
            leaders[alike[leaders[alike] < 0]] = place
            leaders[place] = place
    return leaders


def _neighbours(vectors: Embeddings, seed: int) -> Any:
    """What gives the places of the phrases that say the same as that at a place."""
    if len(vectors) <= EXACT:
        return lambda place: np.flatnonzero(vectors @ vectors[place] >= DUPLICATE)
    from pynndescent import NNDescent

    index = NNDescent(vectors, metric="cosine", n_neighbors=NEIGHBOURS, random_state=seed, n_jobs=1)
    places, distances = index.neighbor_graph
    return lambda place: places[place][distances[place] <= 1 - DUPLICATE]


def _fit(texts: list[str], embedded: Embedded, places: Labels, min_topic_size: int) -> tuple[Any, Labels]:
    """The BERTopic model and each phrase's topic, -1 for an outlier."""
    from bertopic import BERTopic
    from bertopic.dimensionality import BaseDimensionalityReduction
    from bertopic.representation import MaximalMarginalRelevance
    from hdbscan import HDBSCAN
    from sklearn.feature_extraction.text import CountVectorizer

    logging.getLogger("BERTopic").setLevel(logging.WARNING)
    vectors = embedded.vectors[places]
    model = BERTopic(
        embedding_model=embedded.backend,
        umap_model=BaseDimensionalityReduction(),  # they are small already
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
    """Every phrase with a topic: those of `labels`, for an outlier its ability's, or else a new one.

    Its ability's: the topic that has most phrases of it, or a new one where the questions that need it are enough. A
    rarer ability goes to the nearest topic where that is similar, else to one of all that is done alike.
    """
    needed, homes = Counter[str](), defaultdict[str, Counter[int]](Counter)
    for primitive, number, label in zip(primitives, uses.tolist(), labels.tolist(), strict=True):
        needed[primitive.ability] += number
        homes[primitive.ability][label] += label >= 0
    placed, own = labels.copy(), dict[str, int]()
    outliers = np.flatnonzero(labels == -1)
    nearest, similarity = _nearest(vectors, labels, outliers)
    for place, label, cosine in zip(outliers.tolist(), nearest, similarity, strict=True):
        ability = primitives[place].ability
        home, members = homes[ability].most_common(1)[0]
        if members:
            placed[place] = home
        elif needed[ability] < min_topic_size and cosine >= SIMILAR:
            placed[place] = label
        else:
            name = ability if needed[ability] >= min_topic_size else ability.split()[0]
            placed[place] = own.setdefault(name, int(labels.max()) + 1 + len(own))
    return placed


def _nearest(vectors: Embeddings, labels: Labels, places: Labels) -> tuple[list[int], list[float]]:
    """The topic whose mean vector is nearest to each phrase, and their cosine; -1 where there is no topic."""
    from sklearn.preprocessing import normalize

    clusters = sorted({*labels.tolist()} - {-1})
    if not clusters or not len(places):
        return [-1] * len(places), [-1.0] * len(places)
    centres = normalize(np.array([vectors[labels == label].mean(axis=0) for label in clusters]))
    cosines = vectors[places] @ centres.T
    best = cosines.argmax(axis=1)
    return [clusters[index] for index in best], cosines[np.arange(len(best)), best].tolist()


def _words(model: Any, label: int, primitives: list[Primitive]) -> tuple[str, ...]:
    """BERTopic's words of a topic; those of the phrases where it was made of outliers."""
    known = model.get_topic(label)
    words = [word for word, _ in known] if known else primitives[0].text.split()
    return tuple(word for word in words if word)[:6]
