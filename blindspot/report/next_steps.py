"""Chooses what the overview says to do next: only what applies to the run, each with a command or a link."""

from collections.abc import Sequence
from typing import NamedTuple

from blindspot.records.failure_mode import FailureMode
from blindspot.report.content import Content


class Step(NamedTuple):
    """Something to do. `command`: empty if there is none. `links`: relative addresses, and their texts."""

    title: str
    text: str
    command: str = ""
    links: tuple[tuple[str, str], ...] = ()


def next_steps(content: Content) -> tuple[Step, ...]:
    """Returns the steps that apply to a run, in the order in which to take them."""
    failures = sum(one.failure.part for one in content.methods)
    found = (
        _measure(content),
        _look(content) if failures else None,
        _use(content),
        _decide(content),
        _compare() if content.methods else None,
    )
    return tuple(one for one in found if one)


def undecided(modes: Sequence[FailureMode], threshold: float) -> tuple[int, int]:
    """Returns how many modes more questions may decide: those that are undecided, and those with too few questions."""
    return sum(one.is_undecided(threshold) for one in modes), sum(one.status == "too_few" for one in modes)


def open_modes(counts: tuple[int, int]) -> str:
    """Returns a sentence about modes that are not decided. `counts`: from `undecided`."""
    named = [(counts[0], "undecided"), (counts[1], "tested with too few questions")]
    parts = [f"{count} {'is' if count == 1 else 'are'} {what}" for count, what in named if count]
    return f"Of the failure modes, {' and '.join(parts)}. More questions may decide."


def _measure(content: Content) -> Step | None:
    """Returns the step that measures the judge; None for another verifier, or if it is measured."""
    if content.provenance.params["verifier"]["kind"] != "vlm" or content.judge.audited:
        return None
    return Step(
        "Measure the judge",
        "The rates are only as accurate as the judge. Label a sample, save the labels as a CSV file, and add this to "
        "the command of the run:",
        "-P audit.auditor=labels -P audit.labels=LABELS.csv",
        (("label.html", "Label a sample"),),
    )


def _look(content: Content) -> Step:
    rows = content.rows[content.rows["outcome"] == "failure"]
    shown = [example.rollout_id for mode in content.modes for example in mode.failed]
    return Step(
        "Look at the failures",
        "See the picture, the answer, the verdict and the prompts of each question. This command asks one again:",
        f"blindspot ask {[*shown, *rows['rollout_id']][0]}",
        (("examples.html#outcome=failure", "All failures"),),
    )


def _use(content: Content) -> Step | None:
    saved = content.saved
    if saved is None or not saved.failures:
        return None
    return Step(
        "Use the failures",
        f"The failure set has {saved.failures:,} questions with true answers, to evaluate or to train a model.",
        links=(("failures/README.md", "How to use the failure set"),),
    )


def _decide(content: Content) -> Step | None:
    """Returns the step that repeats the search with other questions; None if every mode is decided."""
    if not any(content.undecided):
        return None
    calls = content.provenance.params["explore"].get("calls", 0)
    more = f" -P explore.calls={2 * calls}" if calls else ""
    return Step(
        "Decide more modes",
        f"{open_modes(content.undecided)} To repeat the search with other questions, add this to the command of the "
        "run:",
        f"-P seed={content.provenance.seed + 1}{more}",
    )


def _compare() -> Step:
    return Step(
        "Compare with another model",
        "Search the other model with the same command and `-P candidate.model=OTHER`. Then compare the two runs, "
        "whose folders `blindspot runs` lists. `blindspot gate NEW` also passes or fails the new one.",
        "blindspot diff OLD NEW --ask",
    )
