"""Sentences for the user about what an analysis could not find."""

from collections.abc import Sequence

import pandas as pd

from blindspot.metrics import percent
from blindspot.taxonomy.reading.english import not_english

UNCLEAR = "unclear answer"  # the reason of the grader
SOME = 0.1  # share of such answers from which they are reported


def why_no_modes(scored: pd.DataFrame, found: pd.DataFrame, threshold: float, min_asked: int) -> str:
    """Returns why there are no modes. `scored`: the scored rows of a model. `found`: those of the discovery part."""
    failures = int((scored["outcome"] == "failure").sum())
    if not failures:
        return f"None of the {len(scored):,} scored answers is wrong." if len(scored) else "No answer is scored."
    if scored["unit"].nunique() == 1:
        return "All questions are about one image, or are the same question. They cannot be split into two parts."
    if failures == len(scored):
        return "All scored answers are wrong, so no kind of question has a higher error rate than the others."
    if len(found) < 2 * min_asked:
        return (
            f"There are {len(found):,} scored questions to find failure modes in. "
            f"At least {2 * min_asked} are needed, because a mode has at least {min_asked}."
        )
    return (
        f"No kind of question has an error rate that is significantly above {percent(threshold)}. "
        f"{len(found):,} questions were searched."
    )


def why_none_confirmed(scored: pd.DataFrame, found: pd.DataFrame) -> str | None:
    """Returns why no mode can be confirmed if no question is held out, else None."""
    if len(found) < len(scored):
        return None
    images = scored["unit"].nunique()
    return f"No mode can be confirmed: the questions are about {images} images, and none of them is held out."


def unclear(models: Sequence[pd.DataFrame]) -> list[str]:
    """Returns a sentence for each model with many answers from which the references cannot decide.

    A sentence that lacks the reference is wrong, and one that has it in another place is unclear. So right answers are
    unclear more often than wrong ones. `models`: the rows of each model.
    """
    found = []
    for rows in models:
        count = int((rows["reason"] == UNCLEAR).sum())
        if count > len(rows) * SOME:
            found.append(
                f"{count:,} answers of {rows['model'].iloc[0]} are unclear and unscored, which makes the error rate "
                "of the others too high: grade them with --judge"
            )
    return found


def language(models: Sequence[pd.DataFrame]) -> list[str]:
    """Returns a sentence if most of the questions are not in English, the language that the rules read.

    `models`: the rows of each model.
    """
    problem = not_english(question for rows in models for question in rows["question"].fillna("") if question)
    return [f"{problem}: add a column with the questions in English, and name it with --question"] if problem else []
