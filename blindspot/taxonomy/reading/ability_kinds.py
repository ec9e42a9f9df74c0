"""Assigns abilities to kinds, from a closed list that docs/primitives.md defines."""

from functools import lru_cache

from blindspot.taxonomy.reading import lexicon
from blindspot.taxonomy.reading.cues import cues

#: kind → what a question of this kind requires
KINDS = {
    "counting": "objects must be counted",
    "colour": "a colour must be told, or distinguishes objects",
    "shape": "a geometric form must be told, or distinguishes objects",
    "size": "a size must be told or compared, or distinguishes objects",
    "texture": "a surface or pattern must be told, or distinguishes objects",
    "material": "what an object is made of must be told, or distinguishes objects",
    "spatial relation": "a position must be told, in the image or relative to another object",
    "depth": "the distance of objects from the viewer must be told",
    "orientation": "the direction that an object faces must be told, or that from which the image is taken",
    "action": "what somebody or something does must be told, or who does it",
    "text reading": "words, letters or digits must be read",
    "comparison": "two or more objects, or their numbers, must be compared",
    "existence": "the presence of an object must be told",
    "negation": "a negation must be understood",
    "part and whole": "a part of an object must be found",
    "attribute binding": "several attributes must be assigned to the objects that have them",
    "relation chain": "an object must be found by two relations or more",
    "reflection": "mirrors, reflections or shadows must be understood",
    "occlusion": "what is hidden or partly visible must be understood",
    "emotion": "a feeling, mood or facial expression must be told",
    "time": "a time must be told: of a clock, a day, a year or an era",
    "object recognition": "what an object is, or of what kind, must be told",
    "person": "who somebody is must be told, or their age, gender or profession",
    "scene": "the place, setting, event or weather must be told",
    "state": "the condition of an object must be told",
    "reasoning": "a cause, purpose, consequence or likelihood must be inferred",
    "arithmetic": "a number must be calculated from others",
    "knowledge": "facts from outside the image must be known",
}
#: attribute that a question asks for → its kind
KIND_OF_ATTRIBUTE = {
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
DEPTH = frozenset(("behind", "in-front-of", "nearest", "farthest"))
SIZE = frozenset(("largest", "smallest", "tallest", "longest"))
BRIGHTNESS = frozenset(("brightest", "darkest"))


@lru_cache(maxsize=65536)
def kinds_of(ability: str) -> tuple[str, ...]:
    """Returns the kinds of an ability. Recognising an ordinary object has none."""
    of_cue = next((cue.kinds for cue in cues() if cue.ability == ability), None)
    if of_cue:
        return of_cue
    verb, _, rest = ability.partition(" ")
    word = rest.removeprefix("what is ").removeprefix("the ")
    if rest == "several attributes":
        return ("attribute binding",)
    if rest == "several relations":
        return ("relation chain",)
    if verb in ("judging", "reaching") and word in {*lexicon.RELATIONS, "positions"}:
        return ("depth" if word in DEPTH else "spatial relation",)
    if verb == "finding":
        return _kinds_of_extreme(word)
    if rest.startswith("counts") and verb == "comparing":
        return ("counting", "comparison")
    if verb in ("comparing", "matching"):
        return tuple(kind for kind in (_kind_of_attribute(word), "comparison") if kind)
    of_verb = {"telling": _kind_of_attribute(word), "recognising": lexicon.ADJECTIVES.get(word)}
    kind = of_verb.get(verb)
    return (kind,) if kind else {"counting": ("counting",), "noticing": ("existence",)}.get(verb, ())


def _kind_of_attribute(word: str) -> str | None:
    """Returns the kind of an attribute, in the singular or the plural."""
    return KIND_OF_ATTRIBUTE.get(word) or KIND_OF_ATTRIBUTE.get(word.removesuffix("s"))


def _kinds_of_extreme(word: str) -> tuple[str, ...]:
    if word in DEPTH:
        return "depth", "comparison"
    if word in SIZE:
        return "size", "comparison"
    if word in BRIGHTNESS:
        return "colour", "comparison"
    return ("spatial relation",) if word in {*lexicon.EXTREMA, "extreme"} else ()
