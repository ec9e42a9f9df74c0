"""Functions of the lmms-eval task blindspot_failures: the prompt, and when an answer is correct."""

import unicodedata
from collections.abc import Mapping, Sequence
from typing import Any

ARTICLES = {"a", "an", "the"}
NUMBERS = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"]


def doc_to_visual(doc: Mapping[str, Any]) -> list[Any]:
    """Returns the image that the question is about."""
    return [doc["image"].convert("RGB")]


def doc_to_text(doc: Mapping[str, Any], lmms_eval_specific_kwargs: Mapping[str, Any] | None = None) -> str:
    """Returns the question between the task's `pre_prompt` and `post_prompt`."""
    around = lmms_eval_specific_kwargs or {}
    return f"{around.get('pre_prompt', '')}{doc['question']}{around.get('post_prompt', '')}"


def doc_to_target(doc: Mapping[str, Any]) -> str:
    """Returns the true answer according to the judge."""
    return str(doc["reference"])


def process_results(doc: Mapping[str, Any], results: Sequence[str]) -> dict[str, float]:
    """Returns 1 if the normalised answer equals the normalised true answer, else 0."""
    return {"exact_match": float(normalise(results[0]) == normalise(doc["reference"]))}


def normalise(text: str) -> str:
    """Returns the text in lower case, without articles, punctuation around words and invisible characters.

    Number words become digits, so "The Red one." equals "red 1"; "-1" does not equal "1". A text that would become
    empty is only lower-cased.
    """
    seen = "".join(sign for sign in unicodedata.normalize("NFKC", text) if unicodedata.category(sign) != "Cf")
    words = [_bare(word) for word in seen.casefold().split()]
    kept = [str(NUMBERS.index(word)) if word in NUMBERS else word for word in words if word and word not in ARTICLES]
    return " ".join(kept) or " ".join(seen.casefold().split())


def _bare(word: str) -> str:
    """Removes punctuation at both ends of a word, except the minus of a number."""
    start, end = 0, len(word)
    while start < end and _is_punctuation(word[start]) and not _is_minus(word[start:end]):
        start += 1
    while start < end and _is_punctuation(word[end - 1]):
        end -= 1
    return word[start:end]


def _is_punctuation(sign: str) -> bool:
    return unicodedata.category(sign).startswith("P")


def _is_minus(word: str) -> bool:
    return word[0] == "-" and word[1:2].isdecimal()
