"""Functions of the lmms-eval task blindspot_failures: how a question is put, and when an answer is right."""

import unicodedata
from collections.abc import Mapping, Sequence
from typing import Any

ARTICLES = {"a", "an", "the"}
NUMBERS = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"]


def doc_to_visual(doc: Mapping[str, Any]) -> list[Any]:
    """The image that the question is about."""
    return [doc["image"].convert("RGB")]


def doc_to_text(doc: Mapping[str, Any], lmms_eval_specific_kwargs: Mapping[str, Any] | None = None) -> str:
    """The question, between the task's `pre_prompt` and `post_prompt`."""
    around = lmms_eval_specific_kwargs or {}
    return f"{around.get('pre_prompt', '')}{doc['question']}{around.get('post_prompt', '')}"


def doc_to_target(doc: Mapping[str, Any]) -> str:
    """The true answer, as the judge has it."""
    return str(doc["reference"])


def process_results(doc: Mapping[str, Any], results: Sequence[str]) -> dict[str, float]:
    """1 where the answer and the true one are the same once both are normalised, else 0."""
    return {"exact_match": float(normalise(results[0]) == normalise(doc["reference"]))}


def normalise(text: str) -> str:
    """Its words in small letters, without articles, punctuation around them or invisible signs; numbers as digits.

    "The Red one." and "red 1" are the same, "-1" and "1" are not. A text of nothing but these keeps them.
    """
    seen = "".join(sign for sign in unicodedata.normalize("NFKC", text) if unicodedata.category(sign) != "Cf")
    words = [_bare(word) for word in seen.casefold().split()]
    kept = [str(NUMBERS.index(word)) if word in NUMBERS else word for word in words if word and word not in ARTICLES]
    return " ".join(kept) or " ".join(seen.casefold().split())


def _bare(word: str) -> str:
    """Without punctuation at its ends; the minus of a number stays."""
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
