"""Splits a text into sentences, and removes what surrounds each: list marks, quotes, what introduces it."""

import re
from collections.abc import Iterator
from itertools import islice

from blindspot.questioner.reading_words import INTERJECTION, INTERROGATIVE, PREAMBLE

SENTENCES = 300  # most sentences of a text
REACH = 400  # characters before and after a mark in which quotes and brackets are searched
WRAPPED = 50  # characters of a line that may be wrapped
MARKS = "?？؟⸮"  # question marks
ABBREVIATIONS = re.compile(
    r"mrs?|ms|dr|st|vs|etc|e\.g|i\.e|approx|fig|jr|sr|u\.s|[ap]\.m|ave|rd|blvd|inc|ltd|co|corp|[a-z]", re.IGNORECASE
)
_STOPS = {*MARKS, *".!:。！："}  # after one of these, a new line does not continue the line before it
_QUOTES = dict(zip("\"“„«‹「『‘'`<", "\"”“»›」』’'`>", strict=True))
_BRACKETS = dict(zip("([{（", ")]}）", strict=True))
_INNER = {mark: end for mark, end in {**_QUOTES, **_BRACKETS}.items() if mark not in "‘'`<{"}
_END = re.compile(r"\n|[?？؟⸮]+(?: ?[!！?？؟]+)*|[!！]+|[。｡।]+|\.{1,3}|…")
_CLOSERS = re.compile(r"""["'”’»›)\]」』】）]{0,5}""")
_LEAD = re.compile(r"""(?:[^\w¿¡"'“„«‹「『‘(（\[{$€£#%&+@<-]|-(?!\d))+""")
_LIST_MARK = re.compile(r"(?:[>|#•▪●◦‣·+–—✦➤→▶~*-]+ |[>|•▪●]|\(?\d{1,2}[.)．、](?= |[^\d\s]) ?|[①-⑳] ?){1,5}(?=\S)")
_QUOTED = re.compile(r"""["“«„「『]([^"“”«»„「」『』\n]{8,400}?[?？؟]) ?["”»“」』]""")
#: A yes, a no or a number in brackets.
_SHORT = r" ?[(\[（] ?(?:yes|no|true|false|correct|sí|si|oui|non|ja|nein|是|否|\d+) ?[)\]）]"
_SHOWN = re.compile(rf"(?<=\w){_SHORT}(?= )", re.IGNORECASE)
_SHOWN_LAST = re.compile(
    rf"(?:{_SHORT}| ?[(\[（](?:\w+\W+)?(?:answer|答案|答)\b[^()]{{0,200}}[)\]）])(?=[ ?？.。!]*$)", re.IGNORECASE
)


def joined(text: str) -> str:
    """Returns a text without list marks, its wrapped lines joined: those that continue a line in lower case.

    A short line continues only in a line with a question mark: it may be an answer.
    """
    lines = [""]
    for line in map(str.strip, text.split("\n")):
        mark = _LIST_MARK.match(line)
        bare = line[mark.end() :].strip() if mark else line
        before = lines[-1]
        continues = bare == line and bare[:1].islower() and bare[1:2] not in {".", ")", ":"}
        wrapped = len(before) >= WRAPPED or any(mark in bare for mark in MARKS)
        if continues and wrapped and before and before[-1] not in _STOPS:
            lines[-1] += f" {bare}"
        else:
            lines.append(bare)
    return "\n".join(lines)


def spans(text: str) -> Iterator[tuple[int, int]]:
    """Yields start and end of each of the first SENTENCES sentences. A line ends one, too."""
    yield from islice(_spans(text), SENTENCES)


def _spans(text: str) -> Iterator[tuple[int, int]]:
    start = 0
    for match in _END.finditer(text):
        closed = _CLOSERS.match(text, match.end())
        end = closed.end() if closed and match[0] != "\n" else match.end()
        if match.start() < start or not _ends(text, start, match, end):
            continue
        if text[start:end].strip():
            yield start, end
        start = end
    if text[start:].strip():
        yield start, len(text)


def _ends(text: str, start: int, match: re.Match[str], end: int) -> bool:
    """Returns whether a mark ends its sentence. `end`: behind the closing quotes that follow it."""
    mark, after = match[0], text[end : end + 2]
    if mark[0] in "\n。｡।":
        return True
    if mark[0] in f"{MARKS}!！":
        closes = end > match.end() and (not after.strip() or (after[0].isspace() and not after[1:2].islower()))
        before = text[max(start, match.start() - REACH) : match.start()]
        return closes or not _inside(before.strip(), text[match.end() : match.end() + REACH].split("\n", 1)[0])
    if after.strip() and (not after[0].isspace() or after[1:2].islower()):
        return False
    word = re.split(r"[\s(\"“]", text[max(start, match.start() - 20) : match.start()])[-1]
    return mark != "." or not is_abbreviation(word)


def _inside(before: str, after: str) -> bool:
    """Returns whether a quote or a bracket opens within the text before and closes in the text after."""
    for opening, closing in _INNER.items():
        if closing in after and opening in before and not before.startswith(opening):
            count = before.count(opening)
            if count % 2 if opening == closing else count > before.count(closing):
                return True
    return False


def is_abbreviation(word: str) -> bool:
    """Returns whether a full stop after a word is that of an abbreviation or an initial."""
    return bool(ABBREVIATIONS.fullmatch(word))


def bare(sentence: str) -> str:
    """Returns a sentence without what surrounds and introduces it, and without an answer in brackets."""
    before = None
    while before != sentence:
        before = sentence
        for start in (_LEAD, INTERJECTION, PREAMBLE):
            match = start.match(sentence)
            sentence = sentence[match.end() :] if match and sentence[match.end() :].strip() else sentence
        sentence = unquoted(sentence.strip())
    quoted = _QUOTED.search(sentence)
    if quoted and len(quoted[1].split()) > 2 and sentence[-1] not in MARKS and not INTERROGATIVE.match(sentence):
        sentence = quoted[1].strip()
    sentence = _SHOWN.sub("", sentence) if len(_SHOWN.findall(sentence)) == 1 else sentence
    return _SHOWN_LAST.sub("", sentence).strip()


def unquoted(sentence: str) -> str:
    """Returns a sentence without quotes or brackets around it. Only one of the two is removed, too."""
    pairs = _QUOTES | _BRACKETS
    opening, rest = sentence[:1], sentence[1:].rstrip(" .,;")
    closing = pairs.get(opening)
    if closing and (closing not in rest or rest.find(closing) == len(rest) - 1):
        return rest.removesuffix(closing) if closing in rest else sentence[1:]
    last = sentence[-1:]
    opening = next((one for one, other in pairs.items() if other == last), "")
    if opening and sentence[-2:-1] in {*MARKS, "."}:
        inner = sentence[:-1]
        unpaired = inner.count(opening) % 2 == 0 if opening == last else inner.count(opening) <= inner.count(last)
        return inner if unpaired else sentence
    return sentence
