"""Reads an answer to a yes-or-no question."""

import re

from blindspot.scenes.answer_reasons import agrees
from blindspot.scenes.answer_statements import names_other_thing, read_statement
from blindspot.scenes.answer_words import ATTRIBUTE_VALUES, BOUNDARIES, NEGATION, SPELLED, words_of
from blindspot.scenes.parse import THING_WORDS
from blindspot.scenes.question import Question

_YES = r"yes|yeah|yep|yup"
_NO = r"no|nope|nah"
_AGREES = r"absolutely|certainly|definitely|indeed|correct|true|affirmative|of course"  # "right" is a direction
_DENIES = r"false|incorrect|untrue|wrong|negative|none|nothing|neither|not at all|not really|never"
_OPENING = re.compile(
    r"^(?:(?:well|so|okay?|sure|oh|(?:(?:looking at|based on|according to|from|in) )?(?:the|this|that) "
    r"(?:image|picture|scene|photo)|i (?:think|believe|see|would say)|(?:it|that|this|there) (?:is|are))\b[,:.!]? )+"
    rf"(?=(?:{_YES}|{_NO}|{_AGREES}|{_DENIES})\b(?: (?:it|they|there|i|the)\b| ?[.,;:!-]|$))"
)
_LEAD = re.compile(
    rf"(?:(?P<yes>{_YES})|(?P<no>{_NO}))\b(?= (?:there|it|they|i|we|the|that|this|both|you)\b| ?[.,;:!-]|$)"
    rf"|(?:(?P<agrees>{_AGREES})|(?P<denies>{_DENIES}))\b(?= ?[.,;:!]|$)|(?:(?P<y>y)|(?P<n>n))(?=[.!]*$)"
)
_STRONG = re.compile(rf"\b(?:so|therefore|thus|hence|which means)[,:]? (?:(?P<yes>{_YES})|(?P<no>{_NO}))[ .!]*$")
_WEAK = re.compile(rf"[.,;:!-] ?(?:(?P<yes>{_YES})|(?P<no>{_NO}))[ .!]*$")
_MARKS = {"✅": "yes, ", "✔": "yes, ", "👍": "yes, ", "❌": "no, ", "✗": "no, ", "✘": "no, ", "👎": "no, "}
_TURN = r"but|however|although|though|except|unless|if|yet|wait|instead|correction|sorry|mistake|oops|doubt|hardly"
_TURNS = re.compile(rf"\b(?:{_TURN})\b")
_AGAINST = {
    "yes": re.compile(rf"{NEGATION.pattern}|\b(?:{_NO}|{_TURN}|false|incorrect|wrong|untrue|differ\w*|unlike)\b"),
    "no": re.compile(
        rf"\b(?:{_YES}|{_TURN}|actually|correct|true|(?:you|that) (?:are|is) right|rather)\b"
        r"|^(?:there|it|they) (?:is|are|do|does)$"
    ),
}
_THERE = r"there (?:is|are)"
_SOME = r"(?:an?|some|at least one|any)"
_NOUNS = rf"(?:(?:{'|'.join(sorted({*ATTRIBUTE_VALUES, *THING_WORDS}))}) ?)+"
_NUMBER = "|".join([*SPELLED, r"\d+"])
_AFFIRMED = re.compile(
    rf"(?:they|it) (?:do|does)[.!]*|(?:{_THERE}|it is|they are)[.!]"
    rf"|{_THERE} (?:(?:{_SOME} )?{_NOUNS}(?:in the (?:image|picture|scene|photo))?|(?!zero|0)(?:{_NUMBER}))[.!]*"
    r"|(?:it|they|both)(?: both)? (?:is|are|have|has|share)(?: of)? the same (?:colour|shape|size)[.!]*"
)
_DIFFERENT = re.compile(
    r"(?:it|they|both)(?: both)? (?:(?:is|are|have|has)(?: of)?(?: an?)? different(?: (?:colour|shape|size)s?)?"
    r"|differ(?: in (?:colour|shape|size))?)[.!]*"
)
_DENYING = """
    a an the this that these those there it its they them i we is are am was were has have had do does can would
    say think believe so see seen find contain contains show shows visible present depicted drawn here not no
    none nothing never colour colours shape size sizes any single more many true case
"""
_DENYING_WORDS = {*ATTRIBUTE_VALUES, *THING_WORDS, *BOUNDARIES, *SPELLED, *_DENYING.split()}
_IMAGE = re.compile(r"^the (?:image|picture|scene) (?=does )| in (?:the|this) (?:image|picture|scene|photo)\b")


def read_yes_no(text: str, question: Question | None) -> str | None:
    """Returns "yes" or "no" as a clean text answers, or None if it is not clear.

    An explicit yes or no counts at the beginning or the end of the text, if the rest does not speak against it.
    Without one, the text must be a short statement. With the `question`, the rest must agree with the yes or no, and a
    statement must determine the answer to the question.
    """
    for mark, word in _MARKS.items():
        text = text.replace(mark, word)
    text = re.sub(r"[()]", ", ", text).strip(" ,")
    text = _OPENING.sub("", " ".join(text.split()))
    text = re.sub(r"\b(is|are) (?:indeed|clearly|definitely|certainly) (?=\w)", r"\1 ", text)
    if "?" in text:
        return None
    lead, final = _read_lead(text, question), _read_final(text, question)
    if final and question and _LEAD.match(text) and not lead:
        return None
    if lead or final:
        found = {lead, final} - {None}
        return found.pop() if len(found) == 1 else None
    if _LEAD.match(text) or _TURNS.search(text):
        return None
    return _read_without_yes_no(text, question)


def _read_lead(text: str, question: Question | None) -> str | None:
    """Reads an explicit yes or no at the beginning."""
    match = _LEAD.match(text)
    if not match:
        return None
    answer = "yes" if match["yes"] or match["agrees"] or match["y"] else "no"
    rest = text[match.end() :].strip(" .,;:!-")
    if _AGAINST[answer].search(rest):
        aside = re.match(r"but (.*)", rest)
        return answer if question and answer == "no" and aside and names_other_thing(aside[1], question) else None
    return answer if question is None or agrees(rest, answer, question) else None


def _read_final(text: str, question: Question | None) -> str | None:
    """Reads an explicit yes or no at the end."""
    match = _STRONG.search(text) or _WEAK.search(text)
    if not match:
        return None
    answer, before = "yes" if match["yes"] else "no", text[: match.start()]
    if match.re is _WEAK and _AGAINST[answer].search(before):
        return None
    return answer if question is None or agrees(before, answer, question) else None


def _read_without_yes_no(text: str, question: Question | None) -> str | None:
    """Reads a statement without an explicit yes or no."""
    if question:
        ended = text.endswith((".", "!")) or not re.fullmatch(rf"{_THERE}|it is|they are", text)
        return read_statement(text.strip(" .!"), question, SPELLED) if ended else None
    if _AFFIRMED.fullmatch(text):
        return "yes"
    if _DIFFERENT.fullmatch(text):
        return "no"
    # A single negation in a single sentence of known words means no. Words like "all" and "different" may invert the
    # meaning and are not among the known words.
    denials = NEGATION.findall(text)
    plain = all(word in _DENYING_WORDS for word in words_of(_IMAGE.sub("", text)))
    single = not re.search(r"[,;:]|[.!](?=.*\w)|\bno more\b", text)
    return "no" if len(denials) == 1 and plain and single else None
