"""Reads the features that can define a failure mode. They need no fit, so they mean the same in every run."""

from collections.abc import Set
from functools import lru_cache

from blindspot.taxonomy.reading import lexicon
from blindspot.taxonomy.reading.features import features
from blindspot.taxonomy.reading.primitives import extract
from blindspot.taxonomy.reading.wording import wording


def columns(question: str, reference: str | None) -> dict[str, list[str]]:
    """Returns the columns abilities, groups and features of a question, as `find_modes` expects them."""
    return {name: [*values] for name, values in _read(question, reference).items()}


@lru_cache(maxsize=65536)
def all_features(question: str, reference: str | None) -> frozenset[str]:
    """Returns the abilities, groups of abilities and features of a question as one set."""
    return frozenset().union(*_read(question, reference).values())


def has_all(wanted: Set[str], question: str, reference: str | None) -> bool:
    """Returns whether a question has all of these features. They may be features of its wording."""
    return wanted <= all_features(question, reference) or wanted <= {
        *all_features(question, reference),
        *wording(question, reference),
    }


@lru_cache(maxsize=65536)  # a search reads the same questions again after every batch
def _read(question: str, reference: str | None) -> dict[str, tuple[str, ...]]:
    required = (primitive for primitive in extract(question, reference) if not primitive.detail)
    abilities = tuple(dict.fromkeys(primitive.ability for primitive in required))
    verbs = (ability.split()[0] for ability in abilities)
    groups = dict.fromkeys(lexicon.GROUPS[verb] for verb in verbs if verb in lexicon.GROUPS)
    return {"abilities": abilities, "groups": tuple(groups), "features": tuple(features(question, reference))}
