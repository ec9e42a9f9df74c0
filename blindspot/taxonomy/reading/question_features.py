"""Skills without a fit: every ability is one, and what is done alike in several is a meta-skill.

They are what a search steers by while too little was asked for topics to be found.
"""

from functools import lru_cache

from blindspot.taxonomy.reading import lexicon
from blindspot.taxonomy.reading.features import features
from blindspot.taxonomy.reading.primitives import extract


def columns(question: str, reference: str | None) -> dict[str, list[str]]:
    """The question's skills, meta_skills and features, as `find_modes` wants them."""
    return {name: [*found] for name, found in _read(question, reference).items()}


@lru_cache(maxsize=65536)
def all_features(question: str, reference: str | None) -> frozenset[str]:
    """All of them together."""
    return frozenset().union(*_read(question, reference).values())


@lru_cache(maxsize=65536)  # a search reads what it has asked again after every few questions
def _read(question: str, reference: str | None) -> dict[str, tuple[str, ...]]:
    asked = (primitive for primitive in extract(question, reference) if not primitive.detail)
    abilities = tuple(dict.fromkeys(primitive.ability for primitive in asked))
    done = (ability.split()[0] for ability in abilities)
    meta_skills = dict.fromkeys(lexicon.GROUPS[verb] for verb in done if verb in lexicon.GROUPS)
    return {"skills": abilities, "meta_skills": tuple(meta_skills), "features": tuple(features(question, reference))}
