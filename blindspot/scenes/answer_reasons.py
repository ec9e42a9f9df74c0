"""Decides whether the text beside a yes or no agrees with it: "No, it is on the right." or "Yes, both are red."."""

import re
from operator import eq, gt, lt

from blindspot.scenes.answer_numbers import numbers_in
from blindspot.scenes.answer_statements import CONVERSE, OPPOSITE, read_statement
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
    mentions_all,
    number_of,
    values_in,
    words_of,
)
from blindspot.scenes.parse import THING_WORDS
from blindspot.scenes.question import RELATIONS, Description, Question

#: Words that change no meaning in a reason.
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


def agrees(reason: str, answer: str, question: Question) -> bool:
    """Returns whether the reason agrees with the `answer`, "yes" or "no", to the question.

    A reason agrees if the answer follows from it, or if it is fully understood and does not contradict the answer.
    """
    reason = _CONFIRMED.sub(" ", reason).strip(" .,;:!-")
    if claim := read_statement(reason, question, SPELLED):
        return claim == answer
    if question.family == "comparison" and (numbers_in(reason) or _OF_EACH.search(reason)):
        return _compare_counts(reason, question) == answer
    if question.family == "same" and not _values_agree(reason, answer, question):
        return False
    return all(_clause_agrees(clause.strip(" -"), answer, question) for clause in _CLAUSE.split(reason))


def _clause_agrees(clause: str, answer: str, question: Question) -> bool:
    """Does the same for one clause."""
    if not words_of(clause):
        return True
    if claim := read_statement(clause, question, SPELLED) or _read_direction(clause, question):
        return claim == answer
    strange = {word for word in words_of(clause) if word not in _KNOWN and not number_of(word)}
    denied = bool(NEGATION.search(clause)) and clause not in ("no", "nope")
    if denied and answer == "yes":
        return False
    if question.family == "existence":
        return strange <= (_SOME if answer == "yes" else set()) and _existence_agrees(clause, answer, denied, question)
    if question.family == "comparison":
        return strange <= {*_MORE, "many", "number"} and _comparison_agrees(clause, answer, denied, question)
    if question.family == "same":
        return not strange and not (answer == "no" and not denied and _ALIKE.search(clause) and not _differs(clause))
    return not strange and _relation_agrees(clause, answer, denied, question)


def _existence_agrees(clause: str, answer: str, denied: bool, question: Question) -> bool:
    """Does the same for the existence family. `denied`: the clause has a negation."""
    own = question.subject
    if answer == "yes":
        head = PLACE.split(clause)[0]  # the words of place that follow may mention other things
        part = head if _has_value(head) and mentions_all(head, own) else clause
        return not conflicts(part, own, exactly=False) and "0" not in numbers_in(part)
    counted = {*numbers_in(clause)} - {"0"}
    if denied or "0" in numbers_in(clause):
        return not conflicts(clause, own, exactly=False) and not counted
    if _has_value(clause):  # another thing, which is in the scene instead
        return conflicts(clause, own, exactly=False) and not mentions_all(clause, own)
    return not counted and not _SHOWN.search(clause)


def _relation_agrees(clause: str, answer: str, denied: bool, question: Question) -> bool:
    """Does the same for the relation family.

    A direction agrees only with a no, and only if it is on the other axis: "No, it is above." for left_of.
    """
    towards = {_TOWARDS[word] for word in words_of(clause) if word in _TOWARDS}
    axis = {question.word, OPPOSITE[str(question.word)]}
    if towards and (answer == "yes" or denied or towards & axis):
        return False
    other = question.other or Description()
    foreign = any(values_in(clause, name) - {getattr(question.subject, name), getattr(other, name)} for name in VALUES)
    return not foreign and not ({*numbers_in(clause)} - {"1"})


def _read_direction(clause: str, question: Question) -> str | None:
    """Reads a direction ("on the left", "the star is above") as an answer to a question of the relation family."""
    match = _PLACED.fullmatch(clause) if question.family == "relation" and question.other else None
    if not match or not question.other:
        return None
    relation = RELATIONS[_TOWARDS[match["side"] or match["level"]]]
    sentence = f"{match['who'] or 'it'} is {match['no'] or ''}{relation} the {question.other.words()}"
    return read_statement(sentence, question, SPELLED)


def _comparison_agrees(clause: str, answer: str, denied: bool, question: Question) -> bool:
    """Does the same for the comparison family, where the clause gives no numbers."""
    said = {_MORE[word] for word in words_of(clause) if word in _MORE}
    if not said:
        return not _has_value(clause)
    word = said.pop()
    if _has_value(clause):
        swapped = _is_exactly(clause, question.other or Description())
        if swapped == _is_exactly(clause, question.subject):
            return False
        word = CONVERSE[word] if swapped else word
    if said or (denied and word != question.word):
        return False
    return answer == ("yes" if word == question.word and not denied else "no")


def _compare_counts(reason: str, question: Question) -> str | None:
    """Returns the answer that follows from the counts in the reason: "1 circle and 2 squares", "2 of each"."""
    rest = _OF_EACH.sub(" ", reason)
    if rest == reason:
        counts: list[set[float]] = [set(), set()]
        for match in _COUNT.finditer(reason):
            own = [_is_exactly(match["things"], one or Description()) for one in (question.subject, question.other)]
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
    if numbers_in(rest) or _has_value(rest) or NEGATION.search(re.sub(r"\bno\b", "", rest)):
        return None
    if not all(word in _KNOWN and word not in _MORE for word in words_of(rest)):
        return None
    return "yes" if _HOLDS[str(question.word)](first, second) else "no"


def _values_agree(reason: str, answer: str, question: Question) -> bool:
    """Returns whether the values in the reason agree with the answer: at most one for yes, none or several for no."""
    asked = str(question.attribute)
    values = values_in(reason, asked)
    other = question.other or Description()
    for name in {*VALUES} - {asked}:
        if values_in(reason, name) - {getattr(question.subject, name), getattr(other, name)}:
            return False
        if re.search(rf"\b{name}s?\b", reason):
            return False
    return OTHER not in values and (len(values) <= 1 if answer == "yes" else len(values) != 1)


def _differs(clause: str) -> bool:
    return bool(re.search(r"\bdiffer(?:ent)?\b", clause))


def _has_value(text: str) -> bool:
    return any(values_in(text, name) for name in VALUES)


def _is_exactly(text: str, description: Description) -> bool:
    """Returns whether the text mentions exactly the values of the description."""
    return mentions_all(text, description) and not conflicts(text, description, exactly=True)
