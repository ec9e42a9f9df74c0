"""The texts of a log as the pages of an analysis show them: shortened, and the option that an answer names."""

from collections.abc import Mapping
from functools import lru_cache

from blindspot.grading.answer_text import final_answer
from blindspot.grading.choice import chosen

QUESTION = (40, 130)  # characters of the start and of the end; the end of a long prompt asks the question
BRIEF = (20, 80)
ANSWER = (200, 60)

final = lru_cache(maxsize=2**14)(final_answer)


def shortened(text: str, start: int, end: int) -> str:
    """Returns a text without the middle, from word to word, if it is longer than `start` and `end` together."""
    if len(text) <= start + end:
        return text
    return f"{text[:start].rsplit(' ', 1)[0]} … {text[-end:].split(' ', 1)[-1]}"


def answer_shown(answer: str, options: Mapping[str, str]) -> str:
    """Returns the final answer in a reply; the letter and the text of the option that it names, if it names one."""
    said = (final(answer) or answer).removesuffix(".")
    named = chosen(said, options) if options else None
    letter = min(named) if named and len(named) == 1 else ""
    return shortened(f"{letter}. {options[letter]}" if letter in options else said, *ANSWER)


def reference_shown(reference: str, letter: str | None) -> str:
    """Returns the true answer, with the letter of its option if it has one."""
    return shortened(f"{letter}. {reference}" if letter else reference, *ANSWER)
