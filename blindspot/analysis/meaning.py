"""Grades answers without a verdict of the log by asking an LLM whether they mean the same as the references."""

from collections.abc import Mapping
from typing import Any

import pandas as pd

from blindspot.analysis.grading import grade
from blindspot.grading.answer_text import final_answer
from blindspot.judges.sameness import Compared, compared, decide
from blindspot.prompts.files import RolePrompts, default_prompts
from blindspot.protocols import LLM


def grade_by(frame: pd.DataFrame, llm: LLM, prompts: RolePrompts | None = None) -> pd.DataFrame:
    """Returns what `grade` returns, with the LLM's decision where neither the log nor equal texts give one.

    The LLM is asked about answers without a verdict of the log that do not agree with a reference by `matches`. It is
    not asked about an answer that names another option of a multiple-choice question, or about an answer that is
    missing. Each different question, references and answer is asked once, and once more if the reply cannot be read.
    Without a readable reply, the answer is unscored. The added column `by_llm` has the LLM's decision, else None.
    `prompts`: of a judge; its prompts `sameness` and `again` are used. None for the default ones.
    """
    graded = grade(frame)
    places = {place: asked for place, row in enumerate(graded.to_dict("records")) if (asked := _asked(row))}
    decisions = decide([*places.values()], llm, prompts or default_prompts("judge"))
    outcome, reason = [*graded["outcome"]], [*graded["reason"]]
    by_llm: list[bool | None] = [None] * len(graded)
    for place, asked in places.items():
        decision = decisions[asked]
        by_llm[place] = decision if isinstance(decision, bool) else None
        unread = not isinstance(decision, bool)
        outcome[place] = "unscored" if unread else "correct" if decision else "failure"
        reason[place] = str(decision) if unread else None
    added = {"outcome": outcome, "reason": reason, "by_llm": by_llm}
    return graded.assign(**{name: pd.Series(values, graded.index, object) for name, values in added.items()})


def _asked(row: Mapping[Any, Any]) -> Compared | None:
    """Returns what the LLM is asked about a graded row, or None if it is not asked."""
    references = [one for one in row["references"] if one.strip()]
    decided = (
        not pd.isna(row["wrong"]) or row["by_reference"] is True or (row["options"] and row["by_reference"] is False)
    )
    if (
        decided
        or not references
        or row["reason"] in {"no image", "refused", "no question"}
        or not pd.isna(row["unscored"])
    ):
        return None
    answer = final_answer(row["answer"]) if isinstance(row["answer"], str) else ""
    return compared(row["question"], references, row["options"], answer) if answer else None
