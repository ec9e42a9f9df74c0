"""Sentences for the user about what an analysis could not find."""

from collections.abc import Mapping, Sequence

import pandas as pd

from blindspot.metrics import percent
from blindspot.taxonomy.reading.english import not_english

UNCLEAR = "unclear answer"  # the reason of the grader
SOME = 0.1  # share of such answers, or of repeated questions, from which they are reported
#: What is said of repeated questions, and what to do.
SAME_IMAGE = "about the same image", "if several models gave the answers, name the column of the models with --model"
NO_IMAGE = (
    "and have no image",
    "name the column of the images with --image-id and, if several models gave the answers, that of the models with "
    "--model",
)
INVERTED = 0.7  # share of disagreements from which the verdicts may mean the opposite


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
            f"There are {len(found):,} scored questions in the part of the log in which failure modes are discovered. "
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


def repeated(models: Sequence[pd.DataFrame]) -> list[str]:
    """Returns a sentence for each model to which many questions were put more than once.

    `models`: the rows of each model, with their units.
    """
    found = []
    for rows in models:
        asked = rows[rows["question"].fillna("") != ""]
        options = [tuple(sorted(one.items())) for one in asked["options"]]
        count = len(asked) - len({*zip(asked["unit"], asked["question"], options, strict=True)})
        if count > len(rows) * SOME:
            about_images = rows["unit"].str.startswith("image ").any()
            about, fix = SAME_IMAGE if about_images else NO_IMAGE
            found.append(
                f"{count:,} of {len(rows):,} rows of {rows['model'].iloc[0]} repeat a question {about}: {fix}"
            )
    return found


def inverted(disagreements: Mapping[str, float]) -> list[str]:
    """Returns a sentence for each model whose verdicts mostly contradict the references.

    `disagreements`: the share of the answers on which they disagree, by model.
    """
    return [
        f"the verdicts of {model} contradict the references on {percent(share)} of the answers: if 1 means right, "
        "name the column with --correct instead of --wrong"
        for model, share in disagreements.items()
        if share >= INVERTED
    ]


def language(models: Sequence[pd.DataFrame]) -> list[str]:
    """Returns a sentence if most of the questions are not in English, the language that the rules read.

    `models`: the rows of each model.
    """
    problem = not_english(question for rows in models for question in rows["question"].fillna("") if question)
    return [f"{problem}: add a column with the questions in English, and name it with --question"] if problem else []
