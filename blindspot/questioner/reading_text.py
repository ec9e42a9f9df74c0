"""Finds the question in a text: the first sentence that asks something about an image."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from blindspot.questioner.reading_options import VERDICT, has_options, options_after
from blindspot.questioner.reading_sentences import MARKS, bare, is_abbreviation, joined, spans
from blindspot.questioner.reading_words import (
    AUXILIARY,
    BE,
    BLANK,
    COMMAND,
    COMMAND_END,
    DELIBERATION,
    GAP,
    INTERROGATIVE,
    LOOK,
    META,
    META_COMMAND,
    OFFER,
    SORRY,
)

LENGTH = 400  # characters of the longest question
WORDS = 3  # of the shortest question
LETTERS = 4  # letters of the shortest question in a script without spaces
UNMARKED_WORDS = 40  # words of the longest question without a question mark
#: What may stand between a command and its answer.
_TAIL = re.compile(
    r" ?(?:\.{2,}|[.!;](?= )|…|[|→⇒✓✔✅☑]|=+>|-+>| [-–—]+ |—|[:：=]| /|\b(?:i\.e\.|e\.g\.|namely\b))"
    r"|,(?= \w+(?: \w+)?\W*$)|,? (?=(?:there|it|they|he|she)(?: (?:is|are)\b|['’](?:s|re)\b))| (?=\(?A[.)] )",
    re.IGNORECASE,
)
_BEFORE_CHOICE = {":", "：", "-", "–", "—", ",", "=", ""}
_STOP = re.compile(r"(?<=[^\W\d][^\W\d])[.!](?=\W)|(?<=_)[.!](?=\W)")
_LAST_BRACKET = re.compile(r" ?[(\[{<][^()\[\]{}<>]{0,200}[)\]}>]?\W*$")
_LAST_QUOTE = re.compile(r"(\w+)?:? [\"“«][^\"“”«»]{0,200}[\"”»]?\W*$")
_QUOTING = re.compile(r"words?|text|letters?|label\w*|called|named|titled?|phrase", re.I)
_CHOICE = re.compile(r",|/|\bor\b|\bod[er]+\b|\bou\b|、|还是", re.IGNORECASE)
_CLAUSE = re.compile(r"\b(?:is|are|was|were|it|they|there|answer)\b|['’]s\b", re.IGNORECASE)
_DANGLING = re.compile(r"\b(?:the|an?|is|are|was|were|and|or|that|which|these|this|its|their|his|her)$", re.IGNORECASE)
_SPACELESS = re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u3040-\u30ff\u3400-\u9fff]")


class Sentence(NamedTuple):
    """A sentence, and the question that it asks, with its options; an empty text if it asks none."""

    text: str
    question: str


def first_question(text: str, labelled: bool) -> str:
    """Returns the first question of a text on one line, or an empty text. `labelled`: the text stands in a field."""
    return next((one.question for one in sentences(text, labelled) if one.question), "")


def deliberates(read: list[Sentence]) -> bool:
    """Returns whether sentences weigh several different questions without a decision."""
    found = {one.question.casefold() for one in read if one.question}
    return len(found) > 1 and any(DELIBERATION.search(one.text) for one in read)


def excuses(read: list[Sentence]) -> bool:
    """Returns whether sentences begin with an excuse or a refusal, before any question."""
    for one in read:
        if one.question:
            return False
        if SORRY.search(one.text):
            return True
    return False


def sentences(text: str, labelled: bool) -> Iterator[Sentence]:
    """Yields the sentences of a text, in order.

    A sentence that directs the view, such as "Look at the two dogs.", becomes a part of the question after it.
    """
    text = joined(text)
    found = [*spans(text)]
    unmarked = labelled or len(found) == 1
    look = ""
    for start, end in found:
        sentence = bare(text[start:end])
        if not _asks(sentence, labelled, unmarked):
            looks = LOOK.match(sentence) and not OFFER.search(sentence) and not META.search(sentence)
            look = sentence if looks else ""
            yield Sentence(sentence, "")
            continue
        question = VERDICT.sub("", sentence if sentence[-1] in MARKS else _without_tail(sentence))
        options = options_after(text[end:])
        question = question if options else question.rstrip(" :：-–—")
        question = " ".join(f"{look} {question} {options}".split())
        yield Sentence(sentence, question if len(question) <= LENGTH else "")
        look = ""


def _asks(sentence: str, labelled: bool, unmarked: bool) -> bool:
    """Returns whether a sentence asks something about an image. `unmarked`: a question mark is not required."""
    if not 0 < len(sentence) <= LENGTH or any(one.search(sentence) for one in (OFFER, META, GAP)):
        return False
    spaceless = _SPACELESS.search(sentence) and sum(map(str.isalpha, sentence)) >= LETTERS
    if not spaceless and len(sentence.split()) < (WORDS - 1 if labelled else WORDS):
        return False
    if sentence[-1] in MARKS:
        return any(map(str.isalpha, sentence))
    if COMMAND.match(sentence) or COMMAND_END.search(sentence):
        return not META_COMMAND.search(sentence)
    return bool(BLANK.search(sentence)) or (unmarked and _asks_unmarked(sentence, labelled))


def _asks_unmarked(sentence: str, labelled: bool) -> bool:
    """Returns whether a sentence without a question mark is a question, rather than "what is here is a dog"."""
    if sentence.endswith((".", "!", "…")) and not labelled:
        return False
    words = INTERROGATIVE.match(sentence) and AUXILIARY.search(sentence) and len(BE.findall(sentence)) < 2
    return bool(words) and len(sentence.split()) <= UNMARKED_WORDS and not _DANGLING.search(sentence.rstrip("."))


def _without_tail(sentence: str) -> str:
    """Returns a sentence without a question mark, without what may be its answer.

    That is what follows a colon, a dash or an arrow, unless it is a choice, and the last brackets or quotes.
    """
    sentence = _LAST_BRACKET.sub("", sentence.rstrip("\"'}] "))
    quote = _LAST_QUOTE.search(sentence)
    if quote and not _QUOTING.fullmatch(quote[1] or ""):
        sentence = sentence[: quote.end(1)] if quote[1] else sentence[: quote.start()]
    blank = BLANK.search(sentence)
    stop = _STOP.search(sentence, blank.end()) if blank else None
    sentence = sentence[: stop.start() + 1] if stop else sentence
    for tail in _TAIL.finditer(sentence):
        mark, rest = tail[0].strip(), sentence[tail.end() :]
        within = mark == "." and is_abbreviation(re.split(r"[\s(]", sentence[: tail.start()])[-1])
        if has_options(rest):
            break
        is_choice = _CHOICE.search(rest) and not _CLAUSE.search(rest) and mark in _BEFORE_CHOICE
        if rest.strip() and not within and not is_choice and not (blank and mark in _BEFORE_CHOICE):
            return sentence[: tail.start()].strip() + (mark if mark in {".", "!"} else "")
    return sentence
