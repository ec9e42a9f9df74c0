"""Grades the answers in an evaluation log: is each a failure or correct, and do the log and the references agree?"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NamedTuple

import pandas as pd

from blindspot.analysis.answer_text import final_answer, no_answer_reason
from blindspot.analysis.choice import chosen, chosen_letters
from blindspot.analysis.normal_form import normal_form
from blindspot.analysis.open_answer import agrees, is_closed

#: References, of which some are equal, that are taken for the answers of as many annotators.
ANNOTATORS = 3
#: Annotators that must have given an answer: min(matches / 3, 1) ≥ 0.5.
AGREEING = 2
#: Results for answers with more characters are not kept in memory.
CACHED = 1_000
#: Pairs in a `Disagreement`.
PAIRS = 20


class Match(NamedTuple):
    """Whether an answer agrees with its references, or None and the reason why this is not known."""

    agrees: bool | None
    reason: str | None = None


class Pair(NamedTuple):
    """A reference, an answer, and the number of failures that have both, whatever their case, articles and plurals.

    Both are in the spelling that most of these failures have.
    """

    reference: str
    answer: str
    failures: int


@dataclass(frozen=True)
class Disagreement:
    """How often the log's verdicts and the references disagree.

    Attributes:
        rows: answers with a verdict of the log and a known agreement with the references.
        only_log_wrong: of them, those that the log judges wrong although they agree with a reference.
        only_log_right: of them, those that the log judges right although they agree with no reference.
        frequent_pairs: the pairs of reference and answer that the most failures have; errors of a grader show here.
            Without pairs of different numbers, sides, or yes and no, which are certainly wrong, and without
            multiple-choice questions.
    """

    rows: int
    only_log_wrong: int
    only_log_right: int
    frequent_pairs: tuple[Pair, ...]

    @property
    def share(self) -> float:
        """The share of `rows` on which they disagree; 0 without rows."""
        return (self.only_log_wrong + self.only_log_right) / self.rows if self.rows else 0.0


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


def grade(frame: pd.DataFrame) -> pd.DataFrame:
    """Returns a copy of the answers frame with the outcome of each answer.

    The log's verdict decides where there is one, else the references decide. Added columns:

    - `outcome`: "failure", "correct" or "unscored".
    - `reason`: why the answer is unscored, else None.
    - `by_reference`: whether the answer agrees with a reference; None if this is not known.
    - `disputed`: whether the log's verdict and the references disagree.
    """
    columns = ("wrong", "answer", "references", "options", "question", "unscored")
    graded = [_grade(*row) for row in zip(*(frame[name] for name in columns), strict=True)]
    result = frame.copy()
    for place, name in enumerate(("outcome", "reason", "by_reference", "disputed")):
        kind = bool if name == "disputed" else object
        result[name] = pd.Series([row[place] for row in graded], frame.index, kind)
    return result


def _grade(
    wrong: Any, answer: Any, references: Sequence[str], options: Mapping[str, str], question: Any, unscored: Any
) -> tuple[str, str | None, bool | None, bool]:
    match = compare(answer, references, options) if isinstance(answer, str) else Match(None, "no answer")
    if not pd.isna(wrong):
        disputed = match.agrees is not None and match.agrees == bool(wrong)
        return "failure" if wrong else "correct", None, match.agrees, disputed
    if isinstance(unscored, str) and unscored.strip():
        return "unscored", unscored, match.agrees, False
    if not isinstance(question, str) or not question.strip():
        return "unscored", "no question", match.agrees, False
    if match.agrees is None:
        return "unscored", match.reason, None, False
    return "correct" if match.agrees else "failure", None, match.agrees, False


def disagreement(graded: pd.DataFrame) -> Disagreement:
    """Returns how often the log's verdicts and the references disagree in a frame that `grade` returned."""
    both = graded[graded["wrong"].notna() & graded["by_reference"].notna()]
    right = both["by_reference"].astype(bool)
    wrong = both["wrong"].astype(bool)
    failures = graded[graded["outcome"] == "failure"]
    rows = zip(failures["references"], failures["answer"], failures["options"], strict=True)
    return Disagreement(len(both), int((wrong & right).sum()), int((~wrong & ~right).sum()), _frequent(rows))


def _frequent(rows: Iterable[tuple[Sequence[str], Any, Mapping[str, str]]]) -> tuple[Pair, ...]:
    """Returns the most frequent pairs of reference and answer of open questions."""
    spellings = dict[tuple[str, str], Counter[tuple[str, str]]]()
    for references, answer, options in rows:
        if isinstance(answer, str) and references and not options:
            reference, said = Counter(references).most_common(1)[0][0], final_answer(answer)
            forms = normal_form(reference), normal_form(said)
            if all(forms) and not all(map(is_closed, forms)):
                spelling = reference.strip().lower(), said.strip().lower()
                spellings.setdefault(forms, Counter())[spelling] += 1
    frequent = sorted(spellings.values(), key=lambda counts: -counts.total())[:PAIRS]
    return tuple(Pair(*counts.most_common(1)[0][0], counts.total()) for counts in frequent)
