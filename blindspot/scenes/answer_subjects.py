"""Tells whether a statement is about the thing that was asked about."""

import re
from dataclasses import replace

from blindspot.scenes.answer_claims import fits
from blindspot.scenes.answer_words import VALUES, conflicts, mentioned, names, words_of
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


def speaks_of(subject: str, said: list[str], kind: str, question: Question) -> bool:
    """Whether a sentence, split at its verbs, can be about the thing whose `kind` the question asks for.

    A place that it names must be the question's own. Where the question names none, the thing is the only one of its
    description, wherever it lies; the sentence must then give that description.
    """
    named = " ".join([subject, *said]) if subject.strip() == "there" else subject
    head = PLACE.split(named)[0]
    # "What colour is the red star?" is a fair question: a value without a verb answers it, and is no description.
    own = question.subject if said else replace(question.subject, **{kind: None})
    if conflicts(head, own, exactly=False) or not all(_owner(part, kind, question) for part in said):
        return False
    more = bool(said) and any(mentioned(head, name) and not getattr(own, name) for name in VALUES if name != kind)
    if question.family in ("extremum", "two_hop"):
        placed = [part for part in (subject, *said) if PLACE.search(part)]
        return all(_own_place(part, kind, question) for part in placed) and (not more or subject in placed)
    if not more and not PLACE.search(named):
        return True
    return names(head, question.subject) or not (said or _thing(head))


def _thing(text: str) -> bool:
    return any(mentioned(text, name) for name in VALUES) or not {*THING_WORDS}.isdisjoint(words_of(text))


def _owner(said: str, kind: str, question: Question) -> bool:
    """False where the value is said to be that of another thing: "red is the colour of the circle"."""
    match = re.match(rf" ?the {kind} of (.*)", said)
    return not match or not conflicts(PLACE.split(match[1])[0], question.subject, exactly=False)


def _own_place(part: str, kind: str, question: Question) -> bool:
    text = _OPENING.sub("", part.strip())
    asked = parse(f"what {kind} is {text}") or parse(f"what is {text}")
    if asked is None or (asked.family, asked.word) != (question.family, question.word):
        return False
    if question.family == "extremum":  # the leftmost of the stars is not the leftmost of the red ones
        return asked.subject == question.subject
    return fits(question.subject, asked.subject) and fits(
        question.other or Description(), asked.other or Description()
    )
