"""Grades the answers in an evaluation log: is each a failure or correct, and do the log and the references agree?"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import pandas as pd

from blindspot.grading.answer_text import final_answer
from blindspot.grading.matching import Match, compare
from blindspot.grading.normal_form import normal_form
from blindspot.grading.open_answer import is_closed

#: Pairs in a `Disagreement`.
PAIRS = 20


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
