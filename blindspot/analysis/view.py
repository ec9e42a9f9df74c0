"""Gathers what the pages of an analysis show."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from blindspot.analysis.analyze import Analysis, ModelAnalysis, letter_of
from blindspot.analysis.grading import Pair
from blindspot.analysis.shown import BRIEF, QUESTION, answer_shown, reference_shown, shortened
from blindspot.logs.values import is_missing
from blindspot.metrics import Mask, interval
from blindspot.records.failure_mode import FailureMode, Strength, in_report_order, mix
from blindspot.report.rates import Rate, discovered_rate, tested_rate
from blindspot.taxonomy.modes.confirm import contained_in, for_confirmation
from blindspot.taxonomy.modes.significance import Counts, design_effect

SHOWN = 12  # examples of a mode
FREQUENT = 8  # pairs of reference and answer of a mode
DISPUTED = 24  # rows on which the log and the references disagree
REASONS = 8  # why answers are unscored

STATUSES = {
    "confirmed": ("confirmed", "its error rate on held-out questions is significantly above the threshold"),
    "not_confirmed": (
        "not confirmed",
        "its error rate on held-out questions is not significantly above the threshold. It is undecided if the "
        "interval reaches above the threshold: more questions might confirm it",
    ),
    "too_few": ("too few", "too few held-out questions to test it"),
}


@dataclass(frozen=True)
class Example:
    """A question with its answer, as they are shown. `image`: as the log has it, or None."""

    rollout_id: str
    image_id: str
    image: str | bytes | None
    question: str
    answer: str | None
    reference: str | None
    outcome: str


@dataclass(frozen=True)
class Mode:
    """A failure mode. `rate`: on held-out questions, None where none was asked. `discovered`: where it was found.

    `mix`: what it is a mix or a part of, empty if it is none. `example`: a short question, empty if there is none.
    """

    record: FailureMode
    rate: Rate | None
    discovered: Rate
    status: str
    mix: str
    example: str
    examples: tuple[Example, ...]
    frequent: tuple[Pair, ...]


@dataclass(frozen=True)
class ModelPage:
    """What the page of one model shows.

    `held_out`: the number of scored questions that modes were tested on. `unscored`: the number of answers by reason.
    `disputed`: rows to look at.
    """

    analysis: ModelAnalysis
    rate: Rate
    modes: tuple[Mode, ...]
    images: int
    held_out: int
    unscored: tuple[tuple[str, int], ...]
    disputed: tuple[Example, ...]
    notes: tuple[str, ...]


@dataclass(frozen=True)
class Row:
    """A failure mode that at least one model has. `rates`: of each model on held-out questions, None where not asked.

    `statuses`: of each model, None where the mode was not discovered. `strengths`: None where it is not confirmed.
    """

    name: str
    rates: tuple[Rate | None, ...]
    statuses: tuple[str | None, ...]
    strengths: tuple[Strength | None, ...]


def model_page(analysis: ModelAnalysis, notes: Sequence[str]) -> ModelPage:
    """Returns the content of the page of one model."""
    rows, scored = analysis.rows, analysis.scored
    return ModelPage(
        analysis,
        _rate(scored),
        tuple(_mode(mode, analysis) for mode in in_report_order(analysis.modes)),
        int(rows.loc[rows["image"].notna() | rows["unit"].str.startswith("image "), "unit"].nunique()),
        len(for_confirmation(scored[scored["part"] == "held_out"], rows)),
        _reasons(rows),
        _examples(rows[rows["disputed"]].head(DISPUTED)),
        tuple(notes),
    )


def compared(analysis: Analysis) -> tuple[Row, ...]:
    """Returns the modes of all models, those of most models first, with the rates of every model."""
    known: dict[tuple[str, ...], FailureMode] = {}
    for model in analysis.models:
        for mode in model.modes:
            known.setdefault(mode.features, mode)
    modes = [*known.values()]
    by_model = [_held_out_rates(model, modes) for model in analysis.models]
    rows = []
    for mode, *rates in zip(modes, *by_model, strict=True):
        own = [next((one for one in model.modes if one.features == mode.features), None) for model in analysis.models]
        statuses = tuple(one.status if one else None for one in own)
        rows.append(Row(mode.name, tuple(rates), statuses, tuple(one.strength if one else None for one in own)))
    return tuple(sorted(rows, key=lambda row: -sum(status == "confirmed" for status in row.statuses)))


def _held_out_rates(model: ModelAnalysis, modes: Sequence[FailureMode]) -> list[Rate | None]:
    held_out, own = model.scored[model.scored["part"] == "held_out"], {mode.features: mode for mode in model.modes}
    insides = [held_out[which] for which in contained_in(modes, held_out)]
    return [
        tested_rate(own[mode.features]) if mode.features in own else _rate(inside) if len(inside) else None
        for mode, inside in zip(modes, insides, strict=True)
    ]


def _rate(scored: pd.DataFrame) -> Rate:
    return rate_of((scored["outcome"] == "failure").to_numpy(), pd.factorize(scored["unit"])[0])


def rate_of(failed: Mask, units: Counts) -> Rate:
    """Returns an error rate with an interval that allows for several questions about one image; 0 without questions.

    `units`: the number of the image of each question.
    """
    spread = design_effect(units, failed) if len(failed) else 1.0
    low, high = interval(int(failed.sum()), len(failed), spread)
    return Rate(float(failed.mean()) if len(failed) else 0.0, low, high, int(failed.sum()), len(failed))


def _reasons(rows: pd.DataFrame) -> tuple[tuple[str, int], ...]:
    """Returns why answers are unscored, the most frequent reasons first, with the number of answers."""
    counts = rows.loc[rows["outcome"] == "unscored", "reason"].fillna("unknown").value_counts()
    others = int(counts.iloc[REASONS:].sum())
    first = [(str(reason), int(count)) for reason, count in counts.head(REASONS).items()]
    return (*first, ("for other reasons", others)) if others else tuple(first)


def _mode(mode: FailureMode, analysis: ModelAnalysis) -> Mode:
    rows = analysis.rows
    inside = rows[[mode.mode_id in modes for modes in rows["modes"]]]
    failures = inside[inside["outcome"] == "failure"]
    name, _ = STATUSES[mode.status or "too_few"]
    name += ", undecided" * mode.is_undecided(analysis.threshold)
    known = rows.set_index("rollout_id").loc[[*mode.examples]].reset_index() if mode.examples else rows.iloc[:0]
    example = shortened(known["question"].iloc[0], *BRIEF) if len(known) else ""
    return Mode(
        mode,
        tested_rate(mode),
        discovered_rate(mode),
        name,
        mix(mode, analysis.modes),
        example,
        _examples(known.head(SHOWN)),
        _frequent(failures),
    )


def _frequent(failures: pd.DataFrame) -> tuple[Pair, ...]:
    """Returns the most frequent pairs of reference and wrong answer that occur more than once, without letters."""
    known = failures[failures["reference"].notna() & failures["answer"].notna()]
    pairs = Counter(
        (reference_shown(true, None), _without_letter(answer_shown(answer, options), options))
        for true, answer, options in zip(known["reference"], known["answer"], known["options"], strict=True)
    )
    return tuple(Pair(true, said, times) for (true, said), times in pairs.most_common(FREQUENT) if times > 1)


def _without_letter(shown: str, options: Mapping[str, str]) -> str:
    """Returns the text of an option alone: the order of options, and so the letter, differs between questions."""
    letter, _, text = shown.partition(". ")
    return text if letter in options and text else shown


def _examples(rows: pd.DataFrame) -> tuple[Example, ...]:
    names = ("rollout_id", "unit", "image", "question", "answer", "reference", "references", "options", "outcome")
    return tuple(_example(*row) for row in zip(*(rows[name] for name in names), strict=True))


def _example(
    row_id: str,
    unit: str,
    image: Any,
    question: str,
    answer: Any,
    reference: Any,
    references: Sequence[str],
    options: Mapping[str, str],
    outcome: str,
) -> Example:
    return Example(
        row_id,
        unit.removeprefix("image "),
        None if is_missing(image) else image,
        shortened(question, *QUESTION),
        None if is_missing(answer) else answer_shown(answer, options),
        None if is_missing(reference) else reference_shown(reference, letter_of(references, options)),
        outcome,
    )
