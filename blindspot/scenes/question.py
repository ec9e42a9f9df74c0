"""A question of the scenes grammar as a record, and the English it is asked in."""

from dataclasses import dataclass

from blindspot.scenes.scene import ATTRIBUTES, GRID

FAMILIES = (
    "existence",
    "counting",
    "colour",
    "shape",
    "size",
    "relation",
    "extremum",
    "comparison",
    "same",
    "two_hop",
)
RELATIONS = {"left_of": "left of", "right_of": "right of", "above": "above", "below": "below"}
EXTREMA = ("leftmost", "rightmost", "topmost", "bottommost")
COMPARISONS = ("more", "fewer", "equal")
#: What can be answered, by the kind of answer that a question wants.
ANSWERS: dict[str, tuple[str, ...]] = {
    "yes_no": ("yes", "no"),
    "number": tuple(str(number) for number in range(GRID * GRID + 1)),
    **ATTRIBUTES,
}


@dataclass(frozen=True)
class Description:
    """What a thing is called by: any of its attributes, None where it is not said."""

    size: str | None = None
    colour: str | None = None
    shape: str | None = None

    def words(self, plural: bool = False) -> str:
        """The description in English, such as "small red star"; "thing" where no shape is said."""
        noun = (self.shape or "thing") + ("s" if plural else "")
        return " ".join(word for word in (self.size, self.colour, noun) if word)


@dataclass(frozen=True)
class Question:
    """One question. Which fields are set depends on the family.

    `attribute` (colour, shape or size): what is asked for in colour, shape, size, extremum, same and two_hop.
    `word`: a key of RELATIONS (relation, two_hop), one of EXTREMA (extremum) or of COMPARISONS (comparison).
    `other`: the second description (relation, comparison, same; in two_hop the thing the subject lies next to).
    """

    family: str
    subject: Description
    attribute: str | None = None
    word: str | None = None
    other: Description | None = None

    @property
    def answer_kind(self) -> str:
        """What kind of answer it wants: "yes_no", "number", "colour", "shape" or "size"."""
        if self.family in ("existence", "relation", "comparison", "same"):
            return "yes_no"
        return "number" if self.family == "counting" else str(self.attribute)


PHRASINGS: dict[str, tuple[str, ...]] = {
    "existence": ("is there a {a} ?", "are there any {as} in the image ?"),
    "counting": ("how many {as} are there ?", "how many {as} do you see ?"),
    "attribute": ("what {attribute} is the {a} ?", "what is the {attribute} of the {a} ?"),
    "relation": ("is the {a} {relation} the {b} ?",),
    "extremum": ("what {attribute} is the {word} {a} ?", "what is the {attribute} of the {word} {a} ?"),
    "more": ("are there more {as} than {bs} ?",),
    "fewer": ("are there fewer {as} than {bs} ?",),
    "equal": ("are there as many {as} as {bs} ?",),
    "same": ("are the {a} and the {b} the same {attribute} ?", "does the {a} have the same {attribute} as the {b} ?"),
    "two_hop": ("what {attribute} is the {a} {relation} the {b} ?",),
}


def phrasings(question: Question) -> tuple[str, ...]:
    """Every way the templates have of asking it, the plainest first."""
    key = question.family
    if key in ("colour", "shape", "size"):
        key = "attribute"
    if key == "comparison":
        key = str(question.word)
    other = question.other or Description()
    fields = {
        "a": question.subject.words(),
        "as": question.subject.words(plural=True),
        "b": other.words(),
        "bs": other.words(plural=True),
        "attribute": question.attribute,
        "word": question.word,
        "relation": RELATIONS.get(question.word or ""),
    }
    return tuple(phrase.format_map(fields) for phrase in PHRASINGS[key])
