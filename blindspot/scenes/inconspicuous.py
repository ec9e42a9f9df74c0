"""Measures how often questions are about things that are easy to overlook."""

from collections.abc import Sequence

from blindspot.metrics import share
from blindspot.scenes.oracle import extreme, holds, matching
from blindspot.scenes.parse import parse
from blindspot.scenes.question import Question
from blindspot.scenes.scene import Scene

FEW = 1  # at most this many things are easy to overlook


def inconspicuous_share(valid: Sequence[tuple[str, Scene]]) -> float | None:
    """Returns the share of valid questions that are inconspicuous; None without questions."""
    return share(sum(inconspicuous(_read(text), scene) for text, scene in valid), len(valid))


def inconspicuous(question: Question, scene: Scene) -> bool:
    """Returns whether a valid question is about something that is easy to overlook.

    This is so if one of its descriptions fits small things only, or if the question counts things (existence,
    counting, comparison) and one of its descriptions fits at most FEW of them.
    """
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
    assert question is not None, "valid questions can be parsed"
    return question
