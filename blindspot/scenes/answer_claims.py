"""Reads a statement as an answer to a question that wants yes or no, by turning it into a question."""

import re
from collections.abc import Iterator
from dataclasses import astuple

from blindspot.scenes.answer_words import VALUES
from blindspot.scenes.parse import parse
from blindspot.scenes.question import Description, Question

OPPOSITE = {"left_of": "right_of", "right_of": "left_of", "above": "below", "below": "above"}
CONVERSE = OPPOSITE | {"more": "fewer", "fewer": "more", "equal": "equal"}
_DENIAL = re.compile(r"\b(?:not|(no))\b")
_DIFFERENT = re.compile(r"\b(?:an? )?different (colour|shape|size)s?\b|\bdiffer in (colour|shape|size)\b")
_COPULA = re.compile(r" (is|are|has|have|shares?) ")
_ASKING = {"has": "does", "have": "do", "shares": "does", "share": "do"}
_COUNTED = re.compile(r"^(there (?:is|are)) (?:only |exactly |just )?(\w+)\b(?: of them)?(.*)$")
_BOTH = re.compile(
    r"(?:both(?: of them)?(?: are)?|they are both|the two are both) (?:an? )?(\w+)(?: in (?:colour|shape|size))?"
)
#: A statement that stands for the whole question, and the families that it can stand for.
_SHORT = (
    (re.compile(r"(?:it|they) (?:is|are|do|does)(?P<no> not)?"), ("relation", "same")),
    (re.compile(r"there (?:is|are)(?P<no> not)?"), ("existence", "comparison")),
    (re.compile(r"i do(?P<no> not)?"), ("existence",)),
    (
        re.compile(r"i (?:do|would) (?P<no>not) (?:think|believe|say) so"),
        ("existence", "relation", "comparison", "same"),
    ),
    (re.compile(r"(?P<no>not) (?:present|visible|shown|there)"), ("existence",)),
    (
        re.compile(r"(?P<no>i (?:do|can) not (?:see|find) any|there (?:is|are) (?:none|nothing|not any))"),
        ("existence",),
    ),
    (re.compile(r"(?:they|both) (?:are|have)(?: of)?(?: the same|(?P<no> different))"), ("same",)),
)


def claimed(sentence: str, question: Question, numbers: dict[str, str]) -> str | None:
    """ "yes" or "no" where the statement says as much as that, in answer to the question; None elsewhere."""
    for pattern, families in _SHORT:
        if match := pattern.fullmatch(sentence):
            return ("no" if match["no"] else "yes") if question.family in families else None
    counted = _COUNTED.match(sentence)
    if counted and (number := numbers.get(counted[2], counted[2])).isdecimal():
        if int(number) == 0:
            sentence = f"{counted[1]} no {counted[3].strip() or 'thing'}"
        elif question.family == "existence" and not counted[3].strip():
            return "yes"
        elif int(number) < 100:
            sentence = f"{counted[1]} any{counted[3]}"
    if question.family == "same" and _shared(sentence, str(question.attribute)):
        return "yes"
    sentence, differing = _DIFFERENT.subn(_alike, sentence)
    sentence, denied = _DENIAL.subn(lambda match: "any" if match[1] else "", sentence)
    if differing + denied > 1:
        return None
    asked = next(filter(None, map(parse, _questions(" ".join(sentence.split()), question))), None)
    return None if asked is None else _compare(asked, question, bool(differing or denied))


def _shared(sentence: str, attribute: str) -> bool:
    """Whether one value is said of both things: "they are both blue"."""
    match = _BOTH.fullmatch(sentence)
    return match is not None and match[1] in VALUES[attribute]


def _alike(match: re.Match[str]) -> str:
    return f"the same {match[1]}" if match[1] else f"are the same {match[2]}"


def excludes(sentence: str, question: Question) -> bool:
    """Whether the statement says that a thing is there which is not the one asked about: "there is a large star"."""
    asked = next(filter(None, map(parse, _questions(sentence, question))), None)
    if asked is None or not asked.family == question.family == "existence":
        return False
    pairs = zip(astuple(asked.subject), astuple(question.subject), strict=True)
    return any(said and own and said != own for said, own in pairs)


def _questions(sentence: str, question: Question) -> Iterator[str]:
    """The sentence as a question, in each way that may work."""
    if match := re.match(
        r"(?:i|we) (?:can |do )?(?:see|find) (.*)|the (?:image|picture) (?:shows|contains) (.*)", sentence
    ):
        yield f"is there {match[1] or match[2]}"
        return
    subject = f"the {question.subject.words()}"
    other = f"the {question.other.words()}" if question.other else ""
    both = f"{subject} and {other}"
    sentence = re.sub(r"\bboth (?=(?:of )?the |have |share |are )|\b(?:do|does) (?=have |share )", "", sentence)
    sentence = re.sub(r"^it (?=is |has )", f"{subject} ", sentence)
    sentence = re.sub(r"^(?:both of them|they|both|the two) (?=are |have |share )", f"{both} ", sentence)
    sentence = re.sub(r" of (?:it|them)$", f" of {other}", sentence)
    for match in _COPULA.finditer(sentence):
        verb = _ASKING.get(match[1], match[1])
        rest = ("have " if match[1] in _ASKING else "") + sentence[match.end() :]
        yield f"{verb} {sentence[: match.start()]} {rest}"


def _compare(asked: Question, question: Question, denied: bool) -> str | None:
    """The answer to the question where that to `asked` is yes, or no if `denied`."""
    if asked.family != question.family or asked.attribute != question.attribute:
        return None
    if question.other is None:
        if denied:
            return "no" if fits(asked.subject, question.subject) else None
        return "yes" if fits(question.subject, asked.subject) else None
    said, other = asked.subject, asked.other or Description()
    straight = fits(said, question.subject) and fits(other, question.other)
    swapped = fits(said, question.other) and fits(other, question.subject)
    if not (straight or swapped) or (straight and swapped and question.family != "same"):
        return None
    word = asked.word if straight else CONVERSE.get(asked.word or "")
    if word == question.word:
        return "no" if denied else "yes"
    contrary = question.family == "comparison" or word == OPPOSITE.get(question.word or "")
    return "no" if contrary and not denied else None


def fits(general: Description, special: Description) -> bool:
    """Whether all that is said by the general description is said by the special one too."""
    return all(said in (None, own) for said, own in zip(astuple(general), astuple(special), strict=True))
