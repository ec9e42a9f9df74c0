"""A question of the scenes grammar as a record, and its English phrasings."""

from dataclasses import dataclass

from blindspot.scenes.marks import TEXTS
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
#: The families of questions about marks: those about scenes, and two more.
MARK_FAMILIES = (*FAMILIES, "text", "occlusion")
RELATIONS = {"left_of": "left of", "right_of": "right of", "above": "above", "below": "below"}
DEPTHS = {"in_front_of": "in front of", "behind": "behind"}  # only marks overlap
EXTREMA = ("leftmost", "rightmost", "topmost", "bottommost")
COMPARISONS = ("more", "fewer", "equal")
#: The possible answers, by answer kind.
ANSWERS: dict[str, tuple[str, ...]] = {
    "yes_no": ("yes", "no"),
    "number": tuple(str(number) for number in range(GRID * GRID + 1)),
    **ATTRIBUTES,
}
ANSWERS_ABOUT_MARKS = ANSWERS | {"text": TEXTS}


@dataclass(frozen=True)
class Description:
    """A description of things by their attributes; None for an attribute that is not mentioned."""

    size: str | None = None
    colour: str | None = None
    shape: str | None = None

    def words(self, plural: bool = False, drawn: bool = False) -> str:
        """Returns the description in English, such as "small red star".

        The noun is "thing" if there is no shape, and "figure" if the things are `drawn`: a label is no figure.
        """
        noun = (self.shape or ("figure" if drawn else "thing")) + ("s" if plural else "")
        return " ".join(word for word in ("drawn" if drawn else None, self.size, self.colour, noun) if word)


@dataclass(frozen=True)
class Question:
    """A question of the grammar. The family determines which fields are set.

    `subject`: the description of the thing or things that the question is about.
    `attribute`: "colour", "shape" or "size": the attribute in question (colour, shape, size, extremum, same, two_hop);
    of labels also "text" (text, extremum, two_hop). `word`: a key of RELATIONS (relation, two_hop) or of DEPTHS
    (occlusion, two_hop), one of EXTREMA (extremum) or one of COMPARISONS (comparison). `other`: the second description
    (relation, occlusion, comparison, same, two_hop). In two_hop, it describes the thing that the subject is located
    by: "what colour is the star left of the OTHER ?". `drawn`: whether each description says "drawn".
    """

    family: str
    subject: Description
    attribute: str | None = None
    word: str | None = None
    other: Description | None = None
    drawn: bool = False

    @property
    def answer_kind(self) -> str:
        """The kind of its answer, a key of ANSWERS_ABOUT_MARKS: "yes_no", "number", "colour", "shape" …."""
        if self.family in ("existence", "relation", "occlusion", "comparison", "same"):
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
    "text": ("what does the {a} say ?", "what is written on the {a} ?"),
    "extremum_text": ("what does the {word} {a} say ?", "what is written on the {word} {a} ?"),
    "two_hop_text": ("what does the {a} {relation} the {b} say ?",),
}
_PATTERN_OF = {"colour": "attribute", "shape": "attribute", "size": "attribute", "occlusion": "relation"}


def phrasings(question: Question) -> tuple[str, ...]:
    """Returns every phrasing that the templates have for the question, the plainest first."""
    key = _PATTERN_OF.get(question.family, question.family)
    if key == "comparison":
        key = str(question.word)
    if question.attribute == "text" and key != "text":
        key = f"{key}_text"
    other = question.other or Description()
    fields = {
        "a": question.subject.words(drawn=question.drawn),
        "as": question.subject.words(plural=True, drawn=question.drawn),
        "b": other.words(drawn=question.drawn),
        "bs": other.words(plural=True, drawn=question.drawn),
        "attribute": question.attribute,
        "word": question.word,
        "relation": (RELATIONS | DEPTHS).get(question.word or ""),
    }
    texts = (phrase.format_map(fields) for phrase in PHRASINGS[key])
    return tuple(f"{text[0].upper()}{text[1:-2]}?" if question.drawn else text for text in texts)
