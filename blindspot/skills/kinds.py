"""The kinds of primitives: of what sort each ability is, from a closed list (docs/primitives.md defines them)."""

from functools import lru_cache

from blindspot.skills import lexicon
from blindspot.skills.cues import cues

KINDS = (
    "counting",
    "colour",
    "shape",
    "size",
    "texture",
    "material",
    "spatial relation",
    "depth",
    "orientation",
    "action",
    "text reading",
    "comparison",
    "existence",
    "negation",
    "part and whole",
    "attribute binding",
    "relation chain",
    "reflection",
    "occlusion",
    "emotion",
    "time",
    "object recognition",
    "person",
    "scene",
    "state",
    "reasoning",
    "arithmetic",
    "knowledge",
)
#: of what can be told, asked for by its name
TOLD = {
    "colour": "colour",
    "shape": "shape",
    "size": "size",
    "height": "size",
    "length": "size",
    "width": "size",
    "depth": "size",
    "texture": "texture",
    "pattern": "texture",
    "material": "material",
    "kind": "object recognition",
    "type": "object recognition",
    "breed": "object recognition",
    "species": "object recognition",
    "brand": "text reading",
    "gender": "person",
    "age": "person",
}
DEEP = frozenset(("behind", "in-front-of", "nearest", "farthest"))
SIZED = frozenset(("largest", "smallest", "tallest", "longest"))
SEEN = frozenset(("brightest", "darkest"))


@lru_cache(maxsize=65536)
def kinds_of(ability: str) -> tuple[str, ...]:
    """The kinds of an ability; none where it is only the recognising of some ordinary thing."""
    cued = next((cue.kinds for cue in cues() if cue.ability == ability), None)
    if cued:
        return cued
    verb, _, rest = ability.partition(" ")
    word = rest.removeprefix("what is ").removeprefix("the ")
    if rest == "several attributes":
        return ("attribute binding",)
    if rest == "several relations":
        return ("relation chain",)
    if verb in ("judging", "reaching"):
        return ("depth" if word in DEEP else "spatial relation",)
    if verb == "finding":
        return _extreme(word)
    if verb == "comparing":
        return ("counting", "comparison")
    if verb == "matching":
        return tuple(kind for kind in (TOLD.get(word), "comparison") if kind)
    known = TOLD.get(word) if verb == "telling" else lexicon.ADJECTIVES.get(word) if verb == "recognising" else None
    return (known,) if known else {"counting": ("counting",), "noticing": ("existence",)}.get(verb, ())


def _extreme(word: str) -> tuple[str, ...]:
    if word in DEEP:
        return "depth", "comparison"
    if word in SIZED:
        return "size", "comparison"
    return ("colour", "comparison") if word in SEEN else ("spatial relation",)
