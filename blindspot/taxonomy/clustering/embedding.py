"""Vectors of primitive phrases: TF-IDF and a truncated SVD, or a sentence-transformers model."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from blindspot.errors import BlindspotError
from blindspot.taxonomy.reading.primitive import Primitive

Embeddings = npt.NDArray[np.float64]  # unit vectors, a row each

DIMENSIONS = 60  # of the vectors; with 40 the topics of scenes begin to run into each other
ABILITY_WEIGHT = 4  # an ability counts as much as this many words of what it is applied to
#: words that set no phrase apart
LINKING_WORDS = frozenset(("of", "and", "between", "what", "is", "the", "to", "or"))


@dataclass(frozen=True)
class Embedded:
    """Phrases as vectors, shape (phrases, dimensions), and BERTopic's backend that embeds their words alike."""

    vectors: Embeddings
    backend: Any


def embed(primitives: Sequence[Primitive], embedding: str, seed: int) -> Embedded:
    """The phrases by TF-IDF + SVD ("tfidf"), or by the sentence-transformers model in a folder.

    Raises BlindspotError where the folder holds no such model.
    """
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


def _features(primitive: Primitive) -> list[str]:
    """The ability as a whole, several times, and every word of the phrase."""
    words = [word for word in primitive.text.split() if word not in LINKING_WORDS]
    return [f"={primitive.ability}"] * ABILITY_WEIGHT * bool(primitive.ability) + words


def _encode(texts: list[str], folder: Path) -> Embedded:
    if not folder.is_dir():
        raise BlindspotError(
            f"taxonomy.embedding: no folder {folder}", "name a sentence-transformers folder, or tfidf"
        )
    from bertopic.backend._sentencetransformers import SentenceTransformerBackend
    from sentence_transformers import SentenceTransformer

    try:
        model = SentenceTransformer(str(folder), local_files_only=True, model_kwargs={"use_safetensors": True})
    except (OSError, ValueError) as error:
        raise BlindspotError(
            f"{folder} is no sentence-transformers model ({error})", "name another, or tfidf"
        ) from None
    vectors: Embeddings = model.encode(texts, normalize_embeddings=True, show_progress_bar=False).astype(np.float64)
    return Embedded(vectors, SentenceTransformerBackend(model))
