"""The kinds of primitives: of what sort each ability is, from a closed list (docs/primitives.md defines them)."""

from functools import lru_cache

from blindspot.taxonomy.reading import lexicon
from blindspot.taxonomy.reading.cues import cues

#: each kind, and what a question of it wants done
KINDS = {
    "counting": "things must be counted",
    "colour": "a colour must be told, or tells things apart",
    "shape": "a geometric form must be told, or tells things apart",
    "size": "a size must be told or compared, or tells things apart",
    "texture": "a surface or pattern must be told, or tells things apart",
    "material": "what a thing is made of must be told, or tells things apart",
    "spatial relation": "a place must be told, in the image or relative to another thing",
    "depth": "how near things are to the viewer must be told",
    "orientation": "which way a thing faces or is turned must be told, or from where the image is taken",
    "action": "what somebody or something does must be told, or who does it",
    "text reading": "words, letters or digits must be read",
    "comparison": "two or more things, or their numbers, must be compared",
    "existence": "whether some thing is there must be told",
    "negation": "what is not so must be found",
    "part and whole": "a part of a thing must be found",
    "attribute binding": "several attributes must be kept to the things that have them",
    "relation chain": "a thing must be reached over two relations or more",
    "reflection": "mirrors, reflections or shadows must be understood",
    "occlusion": "what is hidden or partly visible must be understood",
    "emotion": "a feeling, mood or facial expression must be told",
    "time": "a time must be told: of the clock, the day, the year, the past",
    "object recognition": "what a thing is, or of what kind, must be told",
    "person": "who somebody is must be told, or their age, gender or profession",
    "scene": "the place, setting, event or weather must be told",
    "state": "the condition that a thing is in must be told",
    "reasoning": "a cause, purpose, consequence or likelihood must be thought of",
    "arithmetic": "a number must be calculated from others",
    "knowledge": "facts from outside the image must be known",
}
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
    if verb in ("judging", "reaching") and word in {*lexicon.RELATIONS, "positions"}:
        return ("depth" if word in DEEP else "spatial relation",)
    if verb == "finding":
        return _extreme(word)
    if rest.startswith("counts") and verb == "comparing":
        return ("counting", "comparison")
    if verb in ("comparing", "matching"):
        return tuple(kind for kind in (_told(word), "comparison") if kind)
    known = _told(word) if verb == "telling" else lexicon.ADJECTIVES.get(word) if verb == "recognising" else None
    return (known,) if known else {"counting": ("counting",), "noticing": ("existence",)}.get(verb, ())


def _told(word: str) -> str | None:
    """Of what kind telling it is, be it one or several."""
    return TOLD.get(word) or TOLD.get(word.removesuffix("s"))


def _extreme(word: str) -> tuple[str, ...]:
    if word in DEEP:
        return "depth", "comparison"
    if word in SIZED:
        return "size", "comparison"
    if word in SEEN:
        return "colour", "comparison"
    return ("spatial relation",) if word in {*lexicon.EXTREMA, "extreme"} else ()
