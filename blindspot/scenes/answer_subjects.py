"""Decides whether a sentence is about the thing that the question asks about."""

import re
from dataclasses import replace

from blindspot.scenes.answer_statements import covers
from blindspot.scenes.answer_words import VALUES, conflicts, mentions_all, values_in, words_of
from blindspot.scenes.parse import EXTREMUM_WORDS, THING_WORDS, parse
from blindspot.scenes.question import Description, Question

_WHERE = """
    left right above below under underneath beneath over next near beside inside behind within located positioned
    placed situated corner top bottom middle centre center side
"""
_PLACES = rf"(?:{'|'.join(sorted({*EXTREMUM_WORDS, *_WHERE.split()}, key=len, reverse=True))})"
PLACE = re.compile(rf"\b{_PLACES}\b")
RELATIVE = re.compile(rf"\b(?:that|which) (?:is|are) (?=(?:(?:to|on|at|the) )*{_PLACES}\b)")
_OPENING = re.compile(r"^(?:(?:so|therefore|thus|hence|i (?:think|believe|would say)(?: that)?|of)\b,? ?)+")


def is_about(subject: str, said: list[str], kind: str, question: Question) -> bool:
    """Returns whether a sentence can be about the thing in question.

    The sentence is split at its verbs into `subject` and `said` (what follows each verb). `kind`: the attribute that
    the question asks for. If the question locates the thing (extremum, two_hop), every place in the sentence must be
    the one in the question. Otherwise the thing is the only one of its description, so the sentence may mention any
    place, but must then give the full description.
    """
    named = " ".join([subject, *said]) if subject.strip() == "there" else subject
    head = PLACE.split(named)[0]
    # A question may name the attribute that it asks for ("what colour is the red star ?"). A value without a verb
    # is then the answer and not part of a description.
    own = question.subject if said else replace(question.subject, **{kind: None})
    if conflicts(head, own, exactly=False) or not all(_is_owner(part, kind, question) for part in said):
        return False
    more = bool(said) and any(values_in(head, name) and not getattr(own, name) for name in VALUES if name != kind)
    if question.family in ("extremum", "two_hop"):
        placed = [part for part in (subject, *said) if PLACE.search(part)]
        return all(_own_place(part, kind, question) for part in placed) and (not more or subject in placed)
    if not more and not PLACE.search(named):
        return True
    return mentions_all(head, question.subject) or not (said or _names_thing(head))


def _names_thing(text: str) -> bool:
    return any(values_in(text, name) for name in VALUES) or not {*THING_WORDS}.isdisjoint(words_of(text))


def _is_owner(said: str, kind: str, question: Question) -> bool:
    """Returns False if the part gives the value to another thing: "red is the colour of the circle"."""
    match = re.match(rf" ?the {kind} of (.*)", said)
    return not match or not conflicts(PLACE.split(match[1])[0], question.subject, exactly=False)


def _own_place(part: str, kind: str, question: Question) -> bool:
    """Returns whether the part locates a thing as the question does: "the star left of the circle"."""
    text = _OPENING.sub("", part.strip())
    asked = parse(f"what {kind} is {text}") or parse(f"what is {text}")
    if asked is None or (asked.family, asked.word) != (question.family, question.word):
        return False
    if question.family == "extremum":  # the leftmost of the stars is not the leftmost of the red ones
        return asked.subject == question.subject
    return covers(question.subject, asked.subject) and covers(
        question.other or Description(), asked.other or Description()
    )
