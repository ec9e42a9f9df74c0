"""Reads a statement as an answer to a yes-or-no question: "There is a red star." answers "is there a star ?" with yes.

The statement is rewritten as questions ("is there a red star") that the parser of the grammar may understand. If the
statement is true, the answer to that question is yes. This may determine the answer to the actual question.
"""

import re
from collections.abc import Iterator
from dataclasses import astuple

from blindspot.scenes.answer_words import VALUES
from blindspot.scenes.parse import parse
from blindspot.scenes.question import Description, Question

OPPOSITE = {"left_of": "right_of", "right_of": "left_of", "above": "below", "below": "above"}
#: What a relation or comparison becomes when its two descriptions are swapped.
CONVERSE = OPPOSITE | {"more": "fewer", "fewer": "more", "equal": "equal"}
_DENIAL = re.compile(r"\b(?:not|(no))\b")
_DIFFERENT = re.compile(r"\b(?:an? )?different (colour|shape|size)s?\b|\bdiffer in (colour|shape|size)\b")
_COPULA = re.compile(r" (is|are|has|have|shares?) ")
_ASKING = {"has": "does", "have": "do", "shares": "does", "share": "do"}
_COUNTED = re.compile(r"^(there (?:is|are)) (?:only |exactly |just )?(\w+)\b(?: of them)?(.*)$")
_BOTH = re.compile(
    r"(?:both(?: of them)?(?: are)?|they are both|the two are both) (?:an? )?(\w+)(?: in (?:colour|shape|size))?"
)
#: Statements that refer to the whole question ("it is", "there are"), and the families of questions they can answer.
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


def read_statement(sentence: str, question: Question, numbers: dict[str, str]) -> str | None:
    """Returns "yes" or "no" if the statement determines the answer to the question, else None.

    `numbers`: number words with their digits, such as {"three": "3"}.
    """
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
    if question.family == "same" and _same_value(sentence, str(question.attribute)):
        return "yes"
    sentence, differing = _DIFFERENT.subn(_as_sameness, sentence)
    sentence, denied = _DENIAL.subn(lambda match: "any" if match[1] else "", sentence)
    if differing + denied > 1:
        return None
    asked = next(filter(None, map(parse, _as_questions(" ".join(sentence.split()), question))), None)
    return None if asked is None else _compare(asked, question, bool(differing or denied))


def _same_value(sentence: str, attribute: str) -> bool:
    """Returns whether the sentence gives both things one value of the attribute: "they are both blue"."""
    match = _BOTH.fullmatch(sentence)
    return match is not None and match[1] in VALUES[attribute]


def _as_sameness(match: re.Match[str]) -> str:
    """Replaces a match of _DIFFERENT by the same words about sameness; the caller negates the sentence."""
    return f"the same {match[1]}" if match[1] else f"are the same {match[2]}"


def names_other_thing(sentence: str, question: Question) -> bool:
    """Returns whether the statement says that a thing exists which is not the one in question.

    For example "there is a large star" in answer to "is there a small star ?".
    """
    asked = next(filter(None, map(parse, _as_questions(sentence, question))), None)
    if asked is None or not asked.family == question.family == "existence":
        return False
    pairs = zip(astuple(asked.subject), astuple(question.subject), strict=True)
    return any(said and own and said != own for said, own in pairs)


def _as_questions(sentence: str, question: Question) -> Iterator[str]:
    """Yields the statement as a question, in every form that the grammar may accept."""
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
    """Returns the answer to `question` that follows from the answer yes (no if `denied`) to `asked`, or None."""
    if asked.family != question.family or asked.attribute != question.attribute:
        return None
    if question.other is None:
        if denied:
            return "no" if covers(asked.subject, question.subject) else None
        return "yes" if covers(question.subject, asked.subject) else None
    said, other = asked.subject, asked.other or Description()
    straight = covers(said, question.subject) and covers(other, question.other)
    swapped = covers(said, question.other) and covers(other, question.subject)
    if not (straight or swapped) or (straight and swapped and question.family != "same"):
        return None
    word = asked.word if straight else CONVERSE.get(asked.word or "")
    if word == question.word:
        return "no" if denied else "yes"
    contrary = question.family == "comparison" or word == OPPOSITE.get(question.word or "")
    return "no" if contrary and not denied else None


def covers(general: Description, special: Description) -> bool:
    """Returns whether the special description has every value of the general one."""
    return all(said in (None, own) for said, own in zip(astuple(general), astuple(special), strict=True))
