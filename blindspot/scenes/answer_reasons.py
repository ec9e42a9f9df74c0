"""Tells whether what is said beside a yes or no can be its reason, or contradicts it."""

import re
from operator import eq, gt, lt

from blindspot.scenes.answer_claims import CONVERSE, OPPOSITE, claimed
from blindspot.scenes.answer_numbers import numbers_in
from blindspot.scenes.answer_subjects import PLACE
from blindspot.scenes.answer_words import (
    ATTRIBUTE_VALUES,
    BOUNDARIES,
    FILLERS,
    MODIFIERS,
    NEGATION,
    OTHER,
    SPELLED,
    VALUES,
    conflicts,
    mentioned,
    names,
    number_of,
    words_of,
)
from blindspot.scenes.parse import THING_WORDS
from blindspot.scenes.question import RELATIONS, Description, Question

_HARMLESS = """
    yes yeah yep yup no nope nah not nor neither none nothing never any true correct false incorrect absolutely indeed
    affirmative negative both two them each all every either another other others while whereas because since also too
    must single upper lower row column part area quite
"""
_SOME = {"some", "several", "many", "multiple", "few"}
_KNOWN = {*FILLERS, *MODIFIERS, *BOUNDARIES, *ATTRIBUTE_VALUES, *_HARMLESS.split()}
_CLAUSE = re.compile(r"[.,;:!()]| - |\b(?:because|since|while|whereas)\b")
_CONFIRMED = re.compile(r"\b(?:that|this|you) (?:is|are) (?:right|correct|true)\b")
_SHOWN = re.compile(r"\b(?:is|are|see|seen|find|found|shows?|shown|contains?|visible|present|depicted|has|have)\b")
_DIRECTIONS = {
    "left_of": "left leftmost",
    "right_of": "right rightmost",
    "above": "above over top upper topmost uppermost highest higher",
    "below": "below under underneath beneath bottom lower bottommost lowermost lowest",
}
_TOWARDS = {word: direction for direction, said in _DIRECTIONS.items() for word in said.split()}
_PLACED = re.compile(
    r"(?:(?P<who>.+?) (?:is|lies|sits) )?(?P<no>not )?(?:(?:located|positioned|placed|situated) )?"
    r"(?:(?:(?:to|on|at) the )?(?P<side>left|right)(?: hand)?(?: side)?(?: of it)?"
    r"|(?P<level>above|below|under|underneath|beneath)(?: it)?)"
)
_MORE = {"more": "more", "greater": "more", "fewer": "fewer", "less": "fewer"} | dict.fromkeys(
    ("equal", "equally", "same", "as"), "equal"
)
_NUMBER = "|".join(sorted([*SPELLED, r"\d+", "no", "an?"], key=len, reverse=True))
_NOUNS = "|".join(sorted({*ATTRIBUTE_VALUES, *THING_WORDS} - {"one"}))
_COUNT = re.compile(rf"\b(?:(?:only|just|exactly) )?(?P<number>{_NUMBER}) (?P<things>(?:(?:{_NOUNS})\b ?)+)")
_OF_EACH = re.compile(rf"\b(?:{_NUMBER}) of (?:each|both)\b")
_HOLDS = {"more": gt, "fewer": lt, "equal": eq}
_ALIKE = re.compile(r"\b(?:same|equal|equally|identical|alike|match(?:es|ing)?|shares?|both)\b")


def bears_out(reason: str, verdict: str, question: Question) -> bool:
    """Whether the reason proves the verdict, or says nothing against it and is fully understood."""
    reason = _CONFIRMED.sub(" ", reason).strip(" .,;:!-")
    if claim := claimed(reason, question, SPELLED):
        return claim == verdict
    if question.family == "comparison" and (numbers_in(reason) or _OF_EACH.search(reason)):
        return _counted(reason, question) == verdict
    if question.family == "same" and not _alike(reason, verdict, question):
        return False
    return all(_clause(clause.strip(" -"), verdict, question) for clause in _CLAUSE.split(reason))


def _clause(clause: str, verdict: str, question: Question) -> bool:
    if not words_of(clause):
        return True
    if claim := claimed(clause, question, SPELLED) or _side(clause, question):
        return claim == verdict
    strange = {word for word in words_of(clause) if word not in _KNOWN and not number_of(word)}
    denied = bool(NEGATION.search(clause)) and clause not in ("no", "nope")
    if denied and verdict == "yes":
        return False
    if question.family == "existence":
        return strange <= (_SOME if verdict == "yes" else set()) and _exists(clause, verdict, denied, question)
    if question.family == "comparison":
        return strange <= {*_MORE, "many", "number"} and _compares(clause, verdict, denied, question)
    if question.family == "same":
        return not strange and not (verdict == "no" and not denied and _ALIKE.search(clause) and not _differs(clause))
    return not strange and _relates(clause, verdict, denied, question)


def _exists(clause: str, verdict: str, denied: bool, question: Question) -> bool:
    own = question.subject
    if verdict == "yes":
        head = PLACE.split(clause)[0]
        told = head if _mentions(head) and names(head, own) else clause  # where it is may be said by other things
        return not conflicts(told, own, exactly=False) and "0" not in numbers_in(told)
    counted = {*numbers_in(clause)} - {"0"}
    if denied or "0" in numbers_in(clause):
        return not conflicts(clause, own, exactly=False) and not counted
    if _mentions(clause):  # another thing, which is there instead
        return conflicts(clause, own, exactly=False) and not names(clause, own)
    return not counted and not _SHOWN.search(clause)


def _relates(clause: str, verdict: str, denied: bool, question: Question) -> bool:
    """Of a direction only that across the one asked about is no contradiction, and only to a no."""
    towards = {_TOWARDS[word] for word in words_of(clause) if word in _TOWARDS}
    axis = {question.word, OPPOSITE[str(question.word)]}
    if towards and (verdict == "yes" or denied or towards & axis):
        return False
    other = question.other or Description()
    foreign = any(mentioned(clause, name) - {getattr(question.subject, name), getattr(other, name)} for name in VALUES)
    return not foreign and not ({*numbers_in(clause)} - {"1"})


def _side(clause: str, question: Question) -> str | None:
    """What "on the left" or "the star is above" claims in answer to a question about a relation."""
    match = _PLACED.fullmatch(clause) if question.family == "relation" and question.other else None
    if not match or not question.other:
        return None
    relation = RELATIONS[_TOWARDS[match["side"] or match["level"]]]
    sentence = f"{match['who'] or 'it'} is {match['no'] or ''}{relation} the {question.other.words()}"
    return claimed(sentence, question, SPELLED)


def _compares(clause: str, verdict: str, denied: bool, question: Question) -> bool:
    said = {_MORE[word] for word in words_of(clause) if word in _MORE}
    if not said:
        return not _mentions(clause)
    word = said.pop()
    if _mentions(clause):
        swapped = _is(clause, question.other or Description())
        if swapped == _is(clause, question.subject):
            return False
        word = CONVERSE[word] if swapped else word
    if said or (denied and word != question.word):
        return False
    return verdict == ("yes" if word == question.word and not denied else "no")


def _counted(reason: str, question: Question) -> str | None:
    """The answer that follows from a count of each: "1 circle and 2 squares", "2 of each"."""
    rest = _OF_EACH.sub(" ", reason)
    if rest == reason:
        counts: list[set[float]] = [set(), set()]
        for match in _COUNT.finditer(reason):
            own = [_is(match["things"], one or Description()) for one in (question.subject, question.other)]
            if own.count(True) != 1:
                return None
            number = {"no": "0", "a": "1", "an": "1"}.get(match["number"]) or number_of(match["number"])
            counts[own.index(True)].add(float(str(number)))
        if [len(each) for each in counts] != [1, 1]:
            return None
        first, second = counts[0].pop(), counts[1].pop()
        rest = _COUNT.sub(" ", reason)
    else:
        first = second = 0.0
    if numbers_in(rest) or _mentions(rest) or NEGATION.search(re.sub(r"\bno\b", "", rest)):
        return None
    if not all(word in _KNOWN and word not in _MORE for word in words_of(rest)):
        return None
    return "yes" if _HOLDS[str(question.word)](first, second) else "no"


def _alike(reason: str, verdict: str, question: Question) -> bool:
    """Whether the values that are named can be the reason: one for both, or two that differ."""
    asked = str(question.attribute)
    values = mentioned(reason, asked)
    other = question.other or Description()
    for name in {*VALUES} - {asked}:
        if mentioned(reason, name) - {getattr(question.subject, name), getattr(other, name)}:
            return False
        if re.search(rf"\b{name}s?\b", reason):
            return False
    return OTHER not in values and (len(values) <= 1 if verdict == "yes" else len(values) != 1)


def _differs(clause: str) -> bool:
    return bool(re.search(r"\bdiffer(?:ent)?\b", clause))


def _mentions(text: str) -> bool:
    return any(mentioned(text, name) for name in VALUES)


def _is(text: str, description: Description) -> bool:
    return names(text, description) and not conflicts(text, description, exactly=True)
