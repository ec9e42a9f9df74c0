"""How often questions about scenes are about something that is easily overlooked."""

from collections.abc import Sequence

from blindspot.metrics import share
from blindspot.scenes.oracle import extreme, holds, matching
from blindspot.scenes.parse import parse
from blindspot.scenes.question import Question
from blindspot.scenes.scene import Scene

FEW = 1  # things that make a set small


def inconspicuous_share(valid: Sequence[tuple[str, Scene]]) -> float | None:
    """The share of valid questions about something small, or about at most FEW of its kind."""
    return share(sum(inconspicuous(_read(text), scene) for text, scene in valid), len(valid))


def inconspicuous(question: Question, scene: Scene) -> bool:
    """Whether something that the question speaks of is small, or there are at most FEW of what it counts."""
    described = [one for one in (question.subject, question.other) if one is not None]
    groups = [matching(one, scene) for one in described]
    if question.family == "extremum":
        groups = [extreme(str(question.word), groups[0])]
    if question.family == "two_hop":
        groups[0] = [thing for thing in groups[0] if holds(str(question.word), thing, groups[1][0])]
    if question.family in ("existence", "counting", "comparison") and min(map(len, groups)) <= FEW:
        return True
    return any(group and all(thing.size == "small" for thing in group) for group in groups)


def _read(text: str) -> Question:
    question = parse(text)
    assert question is not None, "the oracle called it valid"
    return question
