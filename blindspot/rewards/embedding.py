"""Features of a question that novelty is measured on: the abilities it needs, and its word pairs."""

import re
import zlib
from functools import lru_cache
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from blindspot.taxonomy.reading.primitives import extract

DIMENSIONS = 1024


def bigrams(question: str) -> list[tuple[str, str]]:
    """Returns pairs of neighbouring words, lower-cased and without punctuation; "" marks the start and the end."""
    return list(pairwise(["", *re.findall(r"\w+", question.lower()), ""]))


@lru_cache(maxsize=65536)
def embed(question: str) -> NDArray[np.float64]:
    """Returns a unit vector, shape (DIMENSIONS,), of the abilities that the question needs; zero without words.

    The abilities are those that the taxonomy extracts from the words. The ability that the question asks for comes
    first (counting, judging left-of), then the ones it depends on (recognising red), with weights 1, 1/2, 1/3, …
    """
    vector = np.zeros(DIMENSIONS)
    abilities = dict.fromkeys(primitive.ability for primitive in extract(question, None))
    for rank, ability in enumerate(abilities, start=1):
        vector[zlib.crc32(ability.encode()) % DIMENSIONS] += 1.0 / rank
    norm = float(np.linalg.norm(vector))
    vector = vector / norm if norm else vector
    vector.setflags(write=False)
    return vector
