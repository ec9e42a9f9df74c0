"""Chooses what the pages of an analysis say to do next: only what applies, each with a command."""

from collections.abc import Sequence

from blindspot.analysis.analyze import ModelAnalysis
from blindspot.analysis.notes import SOME, UNCLEAR
from blindspot.report.next_steps import Step, open_modes, undecided

SELF = "ANALYSIS"  # stands for the folder of an analysis in its pages, which are the same in every folder
MEANS = f"{SELF} is the folder of this analysis."


def next_steps(model: ModelAnalysis, folder: str, others: bool) -> tuple[Step, ...]:
    """Returns the steps that apply to the analysis of a model, in the order in which to take them.

    `folder`: of the analysis of this model, from SELF on. `others`: whether the analysis has other models, which
    their own page compares.
    """
    found = (_grade(model), _ask(model, folder), None if others else _compare(folder))
    return tuple(one for one in found if one)


def compare_models(folders: Sequence[str]) -> tuple[Step, ...]:
    """Returns the step that compares models of one analysis. `folders`: of each of them, from SELF on."""
    text = f"This command tests on the questions that two models both answered which modes differ. {MEANS}"
    return (Step("Compare two models", text, f"blindspot diff {folders[0]} {folders[1]}"),)


def _grade(model: ModelAnalysis) -> Step | None:
    """Returns the step that grades answers which the rules cannot; None if they are few."""
    count = int((model.rows["reason"] == UNCLEAR).sum())
    if count <= len(model.rows) * SOME:
        return None
    text = (
        f"{count:,} answers are unclear and unscored. Describe a served model in a copy of "
        "`recipes/models/hosted-judge.yaml`, and add this to the command of the analysis:"
    )
    return Step("Grade the unclear answers", text, "--judge judge.yaml")


def _ask(model: ModelAnalysis, folder: str) -> Step | None:
    """Returns the step that asks new questions about the modes; None without modes, or if a run asked already."""
    if not model.modes or model.searched:
        return None
    counts = undecided(model.modes, model.threshold)
    why = f"{open_modes(counts)} " if any(counts) else ""
    text = (
        f"{why}In a checkout, this command asks the model about the modes, on your own images. The recipe says what "
        f"to fill in before. {MEANS}"
    )
    return Step("Ask new questions", text, f"blindspot discover -R recipes/api_only.yaml -P explore.targets={folder}")


def _compare(folder: str) -> Step:
    text = f"Analyze another model's answers to the same questions, and compare the two analyses. {MEANS}"
    return Step("Compare with another model", text, f"blindspot diff {folder} OTHER")
