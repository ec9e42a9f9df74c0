"""Embeds the phrases of primitives by TF-IDF and truncated SVD, or with a sentence-transformers model."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from blindspot.errors import BlindspotError
from blindspot.taxonomy.reading.primitive import Primitive
from blindspot.yaml_files import one_line

Embeddings = npt.NDArray[np.float64]  # shape (phrases, dimensions), rows of length 1

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

    `embedding`: "tfidf", or a folder of a sentence-transformers model to use instead. Raises BlindspotError if the
    folder has no such model.
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
    """Returns the whole ability, ABILITY_WEIGHT times, and every word of the phrase."""
    words = [word for word in primitive.text.split() if word not in LINKING_WORDS]
    return [f"={primitive.ability}"] * ABILITY_WEIGHT * bool(primitive.ability) + words


def _encode(texts: list[str], folder: Path) -> Embedded:
    if not folder.is_dir():
        raise BlindspotError(
            f"taxonomy.embedding: {folder} is not a folder",
            "name a folder of a sentence-transformers model, or tfidf",
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
