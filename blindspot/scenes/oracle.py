"""Decides whether a question about a scene is valid, and what its true answer is."""

from dataclasses import dataclass

from blindspot.scenes.parse import parse
from blindspot.scenes.question import Description, Question
from blindspot.scenes.scene import Scene, Thing


@dataclass(frozen=True)
class Ruling:
    """The oracle's ruling on a question about a scene.

    `reason`: None if the question is valid, else "unparsed" (the text is not in the grammar), "no_referent" (a
    description fits nothing), "ambiguous_referent" (a description fits several things) or "same_referent" (both
    descriptions are the same, or fit the same thing). `family`, `question`: None for "unparsed". `answer`: None if the
    question is invalid.
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
    """Parses a text as a question about the scene, and answers it if it is valid. Accepts any text."""
    question = parse(text)
    return Ruling("unparsed") if question is None else rule_question(question, scene)


def rule_question(question: Question, scene: Scene) -> Ruling:
    """Does the same for a parsed question."""
    try:
        return Ruling(None, question.family, question, _answer(question, scene))
    except _Unanswerable as reason:
        return Ruling(str(reason), question.family, question)


def matching(description: Description, scene: Scene) -> list[Thing]:
    """Returns the things that the description fits."""
    return [
        thing
        for thing in scene.things
        if description.size in (None, thing.size)
        and description.colour in (None, thing.colour)
        and description.shape in (None, thing.shape)
    ]


def holds(word: str, thing: Thing, other: Thing) -> bool:
    """Returns whether the thing is left_of, right_of, above or below the other.

    Left and right compare columns, in whatever rows; above and below compare rows, in whatever columns.
    """
    return {
        "left_of": thing.column < other.column,
        "right_of": thing.column > other.column,
        "above": thing.row < other.row,
        "below": thing.row > other.row,
    }[word]


def _answer(question: Question, scene: Scene) -> str:
    family, things, other = question.family, matching(question.subject, scene), question.other or Description()
    if family == "existence":
        return _yes_no(bool(things))
    if family == "counting":
        return str(len(things))
    if family == "comparison":
        return _compare(question, len(things), len(matching(other, scene)))
    if family == "extremum":
        return str(getattr(_only(extreme(str(question.word), things)), str(question.attribute)))
    if family == "two_hop":
        anchor = _only(matching(other, scene))
        near = [thing for thing in things if holds(str(question.word), thing, anchor)]
        return str(getattr(_only(near), str(question.attribute)))
    thing = _only(things)
    if family not in ("relation", "same"):
        return str(getattr(thing, str(question.attribute)))
    second = _only(matching(other, scene))
    if thing == second:
        raise _Unanswerable("same_referent")
    if family == "relation":
        return _yes_no(holds(str(question.word), thing, second))
    return _yes_no(getattr(thing, str(question.attribute)) == getattr(second, str(question.attribute)))


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
