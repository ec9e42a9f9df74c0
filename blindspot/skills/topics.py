"""Topics: clusters of primitive phrases, found by BERTopic on their embeddings."""

import logging
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from blindspot.errors import BlindspotError
from blindspot.skills.primitive import Primitive

Embeddings = npt.NDArray[np.float64]

FEWEST_PHRASES = 10  # distinct; below that there is nothing to cluster
DIMENSIONS = 60  # of the embeddings; with 40 the topics of scenes begin to run into each other
ABILITY_WEIGHT = 3  # an ability counts as much as this many words of what it is applied to
SIMILAR = 0.5  # cosine from which an outlier goes to the nearest topic
#: words that set no phrase apart
LINKING_WORDS = frozenset(("of", "and", "between", "what", "is", "the", "to", "or"))


@dataclass(frozen=True)
class Topic:
    """A cluster of phrases. `words` say what sets it apart (c-TF-IDF), the most telling first."""

    words: tuple[str, ...]
    primitives: tuple[Primitive, ...]


def embed(primitives: Sequence[Primitive], embedding: str, seed: int) -> Embeddings:
    """Unit vectors (phrases, dimensions): TF-IDF + SVD, or a sentence-transformers model folder.

    Raises BlindspotError where the folder holds no such model.
    """
    from sklearn.decomposition import TruncatedSVD
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.preprocessing import normalize

    if embedding != "tfidf":
        return _encode([primitive.text for primitive in primitives], Path(embedding))
    counts = TfidfVectorizer(analyzer=_features).fit_transform(primitives)
    dimensions = min(DIMENSIONS, min(counts.shape) - 1)
    vectors: Embeddings = normalize(TruncatedSVD(dimensions, random_state=seed).fit_transform(counts))
    return vectors


def find_topics(uses: Mapping[Primitive, int], embeddings: Embeddings, min_topic_size: int) -> list[Topic]:
    """Clusters the distinct primitives (in the order of `embeddings`), the largest topic first.

    `uses`: in how many questions each occurs. An outlier goes to the nearest topic where that is similar, else an
    ability that enough questions need is a topic of its own, else to the nearest one after all.
    """
    primitives = list(uses)
    model, labels = _fit([primitive.text for primitive in primitives], embeddings, min_topic_size)
    labels = _place_outliers(primitives, list(uses.values()), labels, embeddings, min_topic_size)
    members: dict[int, list[Primitive]] = defaultdict(list)
    for primitive, label in zip(primitives, labels, strict=True):
        members[label].append(primitive)
    topics = [Topic(_words(model, label, found), tuple(sorted(found))) for label, found in members.items()]
    return sorted(topics, key=lambda topic: (-len(topic.primitives), topic.primitives))


def _features(primitive: Primitive) -> list[str]:
    """The ability as a whole, several times, and every word of the phrase."""
    words = [word for word in primitive.text.split() if word not in LINKING_WORDS]
    return [f"={primitive.ability}"] * ABILITY_WEIGHT + words


def _encode(texts: list[str], folder: Path) -> Embeddings:
    if not folder.is_dir():
        raise BlindspotError(
            f"taxonomy.embedding: no folder {folder}", "name a sentence-transformers folder, or tfidf"
        )
    from sentence_transformers import SentenceTransformer

    try:
        model = SentenceTransformer(str(folder), local_files_only=True, model_kwargs={"use_safetensors": True})
    except (OSError, ValueError) as error:
        raise BlindspotError(
            f"{folder} is no sentence-transformers model ({error})", "name another, or tfidf"
        ) from None
    vectors: Embeddings = model.encode(texts, normalize_embeddings=True, show_progress_bar=False).astype(np.float64)
    return vectors


def _fit(texts: list[str], embeddings: Embeddings, min_topic_size: int) -> tuple[Any, list[int]]:
    """The BERTopic model and each phrase's topic, -1 for an outlier."""
    from bertopic import BERTopic
    from bertopic.dimensionality import BaseDimensionalityReduction
    from hdbscan import HDBSCAN
    from sklearn.feature_extraction.text import CountVectorizer

    logging.getLogger("BERTopic").setLevel(logging.WARNING)
    model = BERTopic(
        embedding_model=None,  # the embeddings are given
        umap_model=BaseDimensionalityReduction(),  # they are small already
        hdbscan_model=HDBSCAN(min_cluster_size=min_topic_size, min_samples=1, core_dist_n_jobs=1),
        vectorizer_model=CountVectorizer(token_pattern=r"[^\s()]+", stop_words=sorted(LINKING_WORDS)),
    )
    labels, _ = model.fit_transform(texts, embeddings)
    if -1 in labels and max(labels) >= 0:
        labels = model.reduce_outliers(texts, labels, strategy="embeddings", embeddings=embeddings, threshold=SIMILAR)
    return model, [int(label) for label in labels]


def _place_outliers(
    primitives: list[Primitive], uses: list[int], labels: list[int], embeddings: Embeddings, min_topic_size: int
) -> list[int]:
    needed: Counter[str] = Counter()
    for primitive, number in zip(primitives, uses, strict=True):
        needed[primitive.ability] += number
    clusters = sorted(set(labels) - {-1})
    centres = [embeddings[np.array(labels) == label].mean(axis=0) for label in clusters]
    own: dict[str, int] = {}
    placed = []
    for primitive, label, vector in zip(primitives, labels, embeddings, strict=True):
        if label == -1 and (needed[primitive.ability] >= min_topic_size or not clusters):
            label = own.setdefault(primitive.ability, len(clusters) + len(own))
        elif label == -1:
            label = clusters[int(np.argmax([centre @ vector for centre in centres]))]
        placed.append(label)
    return placed


def _words(model: Any, label: int, primitives: list[Primitive]) -> tuple[str, ...]:
    """BERTopic's words of a topic; those of the phrases where it was made of outliers."""
    known = model.get_topic(label)
    words = [word for word, _ in known] if known else primitives[0].text.split()
    return tuple(word for word in words if word)[:6]
