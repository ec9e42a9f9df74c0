"""Compares the answer of a model with the true answers, as texts."""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple

from blindspot.grading.answer_text import final_answer, no_answer_reason
from blindspot.grading.choice import chosen, chosen_letters
from blindspot.grading.normal_form import normal_form
from blindspot.grading.open_answer import agrees

#: References, of which some are equal, that are taken for the answers of as many annotators.
ANNOTATORS = 3
#: Annotators that must have given an answer: min(matches / 3, 1) ≥ 0.5.
AGREEING = 2
#: Results for answers with more characters are not kept in memory.
CACHED = 1_000


class Match(NamedTuple):
    """Whether an answer agrees with its references, or None and the reason why this is not known."""

    agrees: bool | None
    reason: str | None = None


def matches(answer: str, references: Sequence[str], options: Mapping[str, str]) -> bool | None:
    """Returns whether an answer agrees with one of the references, or None if this is not known.

    It is not known if there are no references, if there is no answer (empty, refused, or the model says that it got no
    image), or if the answer is unclear: it names no option (multiple choice), neither yes nor no (references that are
    yes or no), or it is a sentence that contains the reference among other things. `compare` also gives the reason.

    Three or more references, of which some are equal, are the answers of annotators. Then the answer agrees if at
    least two of the annotators gave it, so that its VQA accuracy, min(matches / 3, 1), is at least 0.5 (Antol et al.,
    *VQA: Visual Question Answering*, ICCV 2015; Goyal et al., *Making the V in VQA Matter*, CVPR 2017).

    Args:
        answer: the answer or the whole reply of a chat model.
        references: true answers; for multiple choice, letters or texts of options.
        options: the text of each option by its letter; empty for open questions.
    """
    return compare(answer, references, options).agrees


def compare(answer: str, references: Sequence[str], options: Mapping[str, str]) -> Match:
    """Returns what `matches` returns, and the reason if it is None."""
    known = tuple(read for reference in references if (read := _read_reference(reference)))
    compare_once = _compare if len(answer) <= CACHED else _compare.__wrapped__
    return compare_once(answer, known, tuple(options.items()))


@lru_cache(maxsize=2**15)
def _compare(answer: str, references: tuple[str, ...], options: tuple[tuple[str, str], ...]) -> Match:
    if not references:
        return Match(None, "no reference")
    if not (said := final_answer(answer)):
        return Match(None, "no answer")
    if reason := no_answer_reason(said):
        return Match(None, reason)
    by_reference = {reference: _agrees(said, reference, dict(options)) for reference in references}
    found = [by_reference[reference] for reference in references]
    needed = AGREEING if _by_annotators(references) else 1
    if found.count(True) >= needed:
        return Match(True)
    if found.count(True) + found.count(None) < needed:
        return Match(False)
    return Match(None, "no option in the answer" if options else "unclear answer")


_read_reference = lru_cache(maxsize=2**14)(final_answer)


def _by_annotators(references: Sequence[str]) -> bool:
    distinct = {reference.strip().lower() for reference in references}
    return len(distinct) < len(references) >= ANNOTATORS


def _agrees(said: str, reference: str, options: dict[str, str]) -> bool | None:
    """Returns whether the final answer agrees with one reference: by its option if there are options."""
    if not options:
        lone = reference.strip(" ().:")
        right = chosen_letters(reference) if len(lone) == 1 and lone.isupper() else None
        return agrees(said, reference) if right is None else _same(chosen_letters(said), right)
    texts = {letter.strip().upper(): text for letter, text in options.items()}
    named, right = chosen(said, options), chosen(reference, options)
    if right is None:  # the reference is the text of no option
        return agrees(texts[min(named)] if named and len(named) == 1 else said, reference)
    if named is None and len(right) == 1 and {normal_form(text) for text in texts.values()} == {"yes", "no"}:
        return agrees(said, texts[min(right)])
    return _same(named, right)


def _same(named: frozenset[str] | None, right: frozenset[str]) -> bool | None:
    return None if named is None else named == right
