"""Decides whether a question about a scene is valid, and what its true answer is."""

from dataclasses import dataclass

from blindspot.scenes.parse import parse
from blindspot.scenes.question import DEPTHS, Description, Question
from blindspot.scenes.scene import SHAPES, Scene, Thing


@dataclass(frozen=True)
class Ruling:
    """The oracle's ruling on a question about a scene.

    `reason`: None if the question is valid, else "unparsed" (the text is not in the grammar), "no_referent" (a
    description fits nothing), "ambiguous_referent" (a description fits several things) or "same_referent" (both
    descriptions are the same, or fit the same thing). For marks also "unclear_position" (two positions are too close
    to each other for a clear order) or "no_attribute" (a figure has no text, a label has no shape, and the sizes of a
    figure and a label are not compared). `family`, `question`: None for "unparsed". `answer`: None if the question is
    invalid.
    """

    reason: str | None
    family: str | None = None
    question: Question | None = None
    answer: str | None = None

    @property
    def valid(self) -> bool:
        """Whether the question has exactly one true answer."""
        return self.reason is None


class _Unanswerable(Exception):
    """Raised with the reason why a question is invalid."""


def rule(text: str, scene: Scene) -> Ruling:
    """Parses a text as a question about the scene, and answers it if it is valid. Accepts any text.

    A question about marks must call each of them "drawn", because the photograph may have a red circle of its own.
    """
    question = parse(text)
    parsed = question is not None and question.drawn == scene.drawn
    return rule_question(question, scene) if question is not None and parsed else Ruling("unparsed")


def rule_question(question: Question, scene: Scene) -> Ruling:
    """Does the same for a parsed question."""
    try:
        return Ruling(None, question.family, question, _answer(question, scene))
    except _Unanswerable as reason:
        return Ruling(str(reason), question.family, question)


def matching(description: Description, scene: Scene) -> list[Thing]:
    """Returns the things that the description fits. A label fits only if the description says so."""
    return [
        thing
        for thing in scene.things
        if description.size in (None, thing.size)
        and description.colour in (None, thing.colour)
        and (description.shape == thing.shape or (description.shape is None and thing.shape in SHAPES))
    ]


def holds(word: str, thing: Thing, other: Thing) -> bool:
    """Returns whether the thing is clearly left_of, right_of, above or below the other, in_front_of or behind it.

    Left and right compare columns, in whatever rows; above and below compare rows, in whatever columns. A thing is in
    front of another if it covers a part of it.
    """
    overlap = 0 < thing.pile == other.pile
    return {
        "left_of": thing.column + thing.apart <= other.column,
        "right_of": other.column + thing.apart <= thing.column,
        "above": thing.row + thing.apart <= other.row,
        "below": other.row + thing.apart <= thing.row,
        "in_front_of": overlap and thing.layer > other.layer,
        "behind": overlap and thing.layer < other.layer,
    }[word]


def unclear(word: str, thing: Thing, other: Thing) -> bool:
    """Returns whether two things differ in the direction of a relation, but too little for a clear answer."""
    if word in DEPTHS:
        return False
    across = word in ("left_of", "right_of")
    difference = thing.column - other.column if across else thing.row - other.row
    return 0 < abs(difference) < thing.apart


def _answer(question: Question, scene: Scene) -> str:
    family, things, other = question.family, matching(question.subject, scene), question.other or Description()
    if family == "existence":
        return _yes_no(bool(things))
    if family == "counting":
        return str(len(things))
    if family == "comparison":
        return _compare(question, len(things), len(matching(other, scene)))
    if family == "extremum":
        return _value(_only(extreme(str(question.word), things)), question)
    if family == "two_hop":
        anchor = _only(matching(other, scene))
        near = [thing for thing in things if _is(str(question.word), thing, anchor)]
        return _value(_only(near), question)
    thing = _only(things)
    if family not in ("relation", "occlusion", "same"):
        return _value(thing, question)
    second = _only(matching(other, scene))
    if thing == second:
        raise _Unanswerable("same_referent")
    if family != "same":
        return _yes_no(_is(str(question.word), thing, second))
    if question.attribute == "size" and thing.attributes != second.attributes:
        raise _Unanswerable("no_attribute")
    return _yes_no(_value(thing, question) == _value(second, question))


def _is(word: str, thing: Thing, other: Thing) -> bool:
    if unclear(word, thing, other):
        raise _Unanswerable("unclear_position")
    return holds(word, thing, other)


def _value(thing: Thing, question: Question) -> str:
    if question.attribute not in thing.attributes:
        raise _Unanswerable("no_attribute")
    return str(getattr(thing, question.attribute))


def _compare(question: Question, count: int, other: int) -> str:
    if question.subject == question.other:
        raise _Unanswerable("same_referent")
    return _yes_no({"more": count > other, "fewer": count < other, "equal": count == other}[str(question.word)])


def extreme(word: str, things: list[Thing]) -> list[Thing]:
    """Returns the things furthest in the direction of `word`, one of EXTREMA; several if they tie."""
    beyond = {"leftmost": "left_of", "rightmost": "right_of", "topmost": "above", "bottommost": "below"}[word]
    return [thing for thing in things if not any(holds(beyond, other, thing) for other in things)]


def _only(things: list[Thing]) -> Thing:
    if not things:
        raise _Unanswerable("no_referent")
    if len(things) > 1:
        raise _Unanswerable("ambiguous_referent")
    return things[0]


def _yes_no(value: bool) -> str:
    return "yes" if value else "no"
