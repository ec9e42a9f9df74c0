"""Embeds the phrases of primitives by TF-IDF and truncated SVD, a sentence-transformers model, or an extension."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from blindspot.errors import BlindspotError, naming
from blindspot.extensions import make
from blindspot.kinds import is_extension
from blindspot.protocols import PhraseEmbedder
from blindspot.taxonomy.reading.primitive import Primitive
from blindspot.yaml_files import one_line

Embeddings = npt.NDArray[np.float64]  # shape (phrases, dimensions), rows of length 1

SEAM = "embeddings"
DIMENSIONS = 60  # of the SVD; with 40, the topics of scenes begin to overlap
ABILITY_WEIGHT = 4  # weight of an ability, relative to a word of its target
#: words that distinguish no phrases
LINKING_WORDS = frozenset(("of", "and", "between", "what", "is", "the", "to", "or"))


@dataclass(frozen=True)
class Embedded:
    """The vectors of phrases, and a BERTopic backend that embeds words in the same space."""

    vectors: Embeddings
    backend: Any


def embed(primitives: Sequence[Primitive], embedding: str, seed: int) -> Embedded:
    """Embeds phrases by TF-IDF and SVD.

    `embedding`: "tfidf", or what to use instead: a folder of a sentence-transformers model, or an extension. Raises
    BlindspotError if it cannot be used.
    """
    if is_own(embedding):
        return _embed_by(embedding, [primitive.text for primitive in primitives])
    if embedding != "tfidf":
        return _encode([primitive.text for primitive in primitives], Path(embedding))
    from bertopic.backend import BaseEmbedder
    from sklearn.decomposition import TruncatedSVD
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.preprocessing import normalize

    vectorizer = TfidfVectorizer(analyzer=_features)
    counts = vectorizer.fit_transform(primitives)
    reduction = TruncatedSVD(max(1, min(DIMENSIONS, min(counts.shape) - 1)), random_state=seed)
    vectors: Embeddings = normalize(reduction.fit_transform(counts))

    class Backend(BaseEmbedder):  # type: ignore[misc]  # BERTopic has no types
        def embed(self, documents: Sequence[str], verbose: bool = False) -> Embeddings:
            words = vectorizer.transform([Primitive("", text) for text in documents])
            return np.asarray(normalize(reduction.transform(words)))

    return Embedded(vectors, Backend())


def is_own(embedding: str) -> bool:
    """Returns whether an embedding is an extension, and not tfidf or a folder."""
    return embedding != "tfidf" and is_extension(embedding, SEAM) and not Path(embedding).is_dir()


def _features(primitive: Primitive) -> list[str]:
    """Returns the whole ability, ABILITY_WEIGHT times, and every word of the phrase."""
    words = [word for word in primitive.text.split() if word not in LINKING_WORDS]
    return [f"={primitive.ability}"] * ABILITY_WEIGHT * bool(primitive.ability) + words


def _embed_by(kind: str, texts: list[str]) -> Embedded:
    """Embeds phrases with an extension. Raises BlindspotError if it does not return a vector for each of them."""
    from bertopic.backend import BaseEmbedder
    from sklearn.preprocessing import normalize

    with naming("taxonomy.embedding"):
        embedder: PhraseEmbedder = make(kind, SEAM, (PhraseEmbedder,))

    def vectors_of(phrases: Sequence[str]) -> Embeddings:
        vectors = np.asarray(embedder.embed([*phrases]), dtype=np.float64)
        if vectors.ndim != 2 or len(vectors) != len(phrases) or not np.isfinite(vectors).all():
            problem = f"taxonomy.embedding: {kind} returns the shape {vectors.shape} for {len(phrases)} phrases"
            raise BlindspotError(problem, "return an array of finite numbers, shape (phrases, dimensions)")
        unit: Embeddings = normalize(vectors)
        return unit

    class Backend(BaseEmbedder):  # type: ignore[misc]  # BERTopic has no types
        def embed(self, documents: Sequence[str], verbose: bool = False) -> Embeddings:
            return vectors_of(documents)

    return Embedded(vectors_of(texts), Backend())


def _encode(texts: list[str], folder: Path) -> Embedded:
    if not folder.is_dir():
        raise BlindspotError(
            f"taxonomy.embedding: {folder} is not a folder",
            "name a folder of a sentence-transformers model, tfidf, or an extension",
        )
    from bertopic.backend._sentencetransformers import SentenceTransformerBackend
    from sentence_transformers import SentenceTransformer

    try:
        model = SentenceTransformer(str(folder), local_files_only=True, model_kwargs={"use_safetensors": True})
    except Exception as error:  # noqa: BLE001 - libraries raise errors of any type for a broken folder
        raise BlindspotError(
            f"taxonomy.embedding: {folder} cannot be loaded as a sentence-transformers model ({one_line(error)})",
            "name another folder, or tfidf",
        ) from None
    vectors: Embeddings = model.encode(texts, normalize_embeddings=True, show_progress_bar=False).astype(np.float64)
    return Embedded(vectors, SentenceTransformerBackend(model))
