"""Reads which option of a multiple-choice question an answer names."""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from functools import lru_cache

from blindspot.grading.normal_form import compact, normal_form

#: Letters that count as options where the texts of the options are not known.
LETTERS = "ABCDEFGHIJ"
#: An answer with more characters is not searched for the texts of options.
LONGEST = 400
_NEGATION = re.compile(r"\b(?:not|no|never|neither|nor|none|incorrect|wrong|except|unlike)\b|n't\b", re.IGNORECASE)
_SEPARATORS = re.compile(
    r"[\s,/&;、，]+(?:(?:and|or|und|oder|y|o|et|ou)(?=\W))?|(?<=\W)(?:and|or)(?=\W)", re.IGNORECASE
)
_PREFIX = re.compile(r"\A\W*(?:(?:the )?(?:option|choice|answer|letter)s?\b\W*)?", re.IGNORECASE)
_PUNCTUATION = " \t\r\n.:：。,，;!?()[]{}（）【】<>\"'“”"


def chosen(answer: str, options: Mapping[str, str]) -> frozenset[str] | None:
    """Returns the letters of the options that an answer names, in upper case, or None if none can be read.

    Reads, in this order: an option letter or a list of letters ("b", "(B)", "Option B", "A, C"); the text of an
    option; a letter before a text ("B. a dog", "(B) a dog"); within a sentence, "option B", "(B)", "B is correct" or
    a last word that is a letter; the text of exactly one option within a sentence without negation. A word is never
    taken for a letter: "A dog" does not name option A. An answer that names two options gives both: "B or C", or
    "(B) a cat" where "a cat" is C.
    """
    if not options:
        return None
    if answer in options:
        return frozenset({answer.strip().upper()})
    texts = {letter.strip().upper(): normal_form(text) for letter, text in options.items()}
    answer = answer if answer.isascii() else unicodedata.normalize("NFKC", answer)
    return (
        _letters(answer, texts)
        or _same_text(answer, texts)
        or _before_text(answer, texts)
        or _in_sentence(answer, texts)
        or _contained(answer, texts)
    )


def chosen_letters(answer: str) -> frozenset[str] | None:
    """Returns the option letters that an answer names where the texts of the options are not known."""
    return chosen(answer, dict.fromkeys(LETTERS, ""))


def _letters(answer: str, texts: Mapping[str, str]) -> frozenset[str] | None:
    """Returns the letters if the answer consists of nothing else; "AC" is a list, too, if it is in this order."""
    if len(answer) > LONGEST:
        return None
    parts = [part.strip(_PUNCTUATION).upper() for part in _SEPARATORS.split(_PREFIX.sub("", answer))]
    letters = [part for part in parts if part]
    if len(letters) == 1 and letters[0] not in texts and [*letters[0]] == sorted({*letters[0]}) and answer.isupper():
        letters = [*letters[0]]
    return frozenset(letters) if letters and texts.keys() >= {*letters} else None


def _same_text(answer: str, texts: Mapping[str, str]) -> frozenset[str] | None:
    form = compact(normal_form(answer))
    return frozenset(letter for letter, text in texts.items() if text and compact(text) == form) or None


def _before_text(answer: str, texts: Mapping[str, str]) -> frozenset[str] | None:
    """Returns the letter before a text, and the option that this text is if it is another one."""
    match = _patterns(tuple(texts))[0].match(answer)
    if not match:
        return None
    letter, rest = (match["wrapped"] or match["bare"]).upper(), answer[match.end() :]
    meant = _same_text(rest.strip().split("\n")[0], texts)
    if meant:
        return frozenset({letter}) if letter in meant else frozenset({letter, *meant})
    others = {found for found, _ in _mentions(rest, texts)} - {letter}
    return None if others else frozenset({letter})


def _in_sentence(answer: str, texts: Mapping[str, str]) -> frozenset[str] | None:
    found = [*_mentions(answer, texts)]
    letters = frozenset(letter for letter, _ in found)
    if len(letters) == 1 and not _NEGATION.search(answer):
        return letters
    return letters if any(hedged for _, hedged in found) else None


def _mentions(answer: str, texts: Mapping[str, str]) -> Iterator[tuple[str, bool]]:
    """Yields the letters that a sentence names, and whether "or" connects them."""
    _, in_sentence, either = _patterns(tuple(texts))
    for match in either.finditer(answer):
        yield match[1].upper(), True
        yield match[2].upper(), True
    for match in in_sentence.finditer(answer):
        yield next(filter(None, match.groups())).upper(), False


@lru_cache(maxsize=1024)
def _patterns(options: tuple[str, ...]) -> tuple[re.Pattern[str], re.Pattern[str], re.Pattern[str]]:
    """Returns patterns of a letter before a text, of a letter in a sentence, and of two letters with "or"."""
    letters = "|".join(sorted(map(re.escape, options), key=len, reverse=True))
    before = (
        rf"(?i:\W*?(?:(?:option|choice)\s+)?)(?:[(\[（【]\s*(?P<wrapped>(?i:{letters}))\s*[)\]）】]\s*[.:：,-]?"
        rf"|(?P<bare>(?i:{letters}))(?:\s*[).:：、]|\s*,(?=\s)|\s+[-–—](?=\s)))"
    )
    within = (
        rf"[(\[（]({letters})[)\]）]|\b(?i:option|choice|answer|letter)\s+({letters})\b"
        rf"|(?:\A|(?<=\s))({letters})(?=\s+(?:is|because|since|as|seems|would)\b)|(?<=\s)({letters})(?=\W*\Z)"
    )
    return (
        re.compile(before),
        re.compile(within),
        re.compile(rf"(?<!\w)[(\[]?({letters})[)\]]?\s*(?:\bor\b|\band\b|/)\s*[(\[]?({letters})(?!\w)"),
    )


def _contained(answer: str, texts: Mapping[str, str]) -> frozenset[str] | None:
    """Returns the only option whose text is in the answer; a text within a longer one of another option is not."""
    if len(answer) > LONGEST:
        return None
    form, found = f" {normal_form(answer)} ", []
    contained = [(text, letter) for letter, text in texts.items() if text and f" {text} " in form]
    for text, letter in sorted(contained, key=lambda pair: -len(pair[0])):
        if f" {text} " in form:
            form = form.replace(f" {text} ", "  ")
            found.append(letter)
    return frozenset(found) if len(found) == 1 and not _NEGATION.search(answer) else None
