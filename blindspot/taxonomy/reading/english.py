"""Measures how many questions are not in English, the language that the rules read."""

from collections.abc import Iterable
from functools import lru_cache

from blindspot.metrics import percent
from blindspot.taxonomy.reading import lexicon
from blindspot.taxonomy.reading.language import normalise

FEWEST = 20  # questions; fewer show nothing
MOST = 0.5  # share of questions without an English word from which they are reported


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


#: Common words of other languages too, such as German "was" and "also", Dutch "is", Danish "have", Spanish "no".
_SHARED = _words(
    "a all also am an and any are as at be been by can colour do exist for front had hand has have he her i if image "
    "in is most my no not of on or over photo same scene see seen show side so to top under up visible was we will"
)
_DESCRIBING = _words(
    "green yellow blue brown grey purple black white small little tiny big huge tall wide narrow thick thin"
)
#: Words that show that a text is English.
ENGLISH = (lexicon.STOP_WORDS | lexicon.AUXILIARIES | {*lexicon.QUESTION_WORDS} | _DESCRIBING) - _SHARED


@lru_cache(maxsize=65536)
def has_english(question: str) -> bool:
    """Returns whether a question has a word that English has and other languages lack."""
    return any(word in ENGLISH for word in normalise(question).split())


def not_english(questions: Iterable[str]) -> str | None:
    """Returns how many questions the rules cannot read, as a sentence, if these are most of at least FEWEST."""
    known = [has_english(question) for question in questions]
    share = known.count(False) / len(known) if known else 0.0
    if len(known) < FEWEST or share <= MOST:
        return None
    return f"{percent(share)} of the questions have no English word, and only English is read"
