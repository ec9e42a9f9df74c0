"""Finds failure modes in the answers of an evaluation log, and tests each on answers that it was not found in."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pandas as pd

from blindspot.analysis.grading import Disagreement, disagreement, grade
from blindspot.analysis.meaning import grade_by
from blindspot.analysis.notes import inverted, language, repeated, unclear, why_no_modes, why_none_confirmed
from blindspot.errors import BlindspotError
from blindspot.logs.columns import Columns
from blindspot.logs.read import from_frame, read_logs
from blindspot.protocols import LLM
from blindspot.records.failure_mode import FailureMode
from blindspot.records.verdict import VALID
from blindspot.taxonomy.modes.confirm import confirm, contained_in, for_confirmation
from blindspot.taxonomy.modes.mixes import with_mixes
from blindspot.taxonomy.modes.search import find_modes
from blindspot.taxonomy.modes.split import split
from blindspot.taxonomy.reading.question_features import columns as read_columns
from blindspot.taxonomy.reading.wording import wording
from blindspot.taxonomy.stability import of_modes

THRESHOLD = 0.25
FEWEST = (5, 20)  # questions of a mode in a small and in a larger log
SMALL_SHARE, LARGE_SHARE = 1 / 20, 1 / 200  # of the questions, for the fewest of a mode
EXAMPLES = 12
RESAMPLES = range(1, 21)  # seeds of the resamples in which recurrence is measured
ALL_COLUMNS = Columns()


@dataclass(frozen=True)
class ModelAnalysis:
    """The failure modes of one model.

    `rows`: the answers frame, graded, with rollout_id, unit (the image, else the question, by which rows are split),
    part ("discovery" or "held_out"), the lists abilities, groups and features, and modes, the ids of the modes that
    contain the question. `threshold`: the error rate that a mode must exceed. `min_asked`: the fewest questions of a
    mode, where it was discovered. `searched`: whether the search of a run discovered the modes, so that all rows are
    held out. `note`: why there are no modes or why none can be confirmed, or None.
    """

    model: str
    rows: pd.DataFrame
    threshold: float
    min_asked: int
    searched: bool
    modes: tuple[FailureMode, ...]
    disagreement: Disagreement
    note: str | None

    @property
    def scored(self) -> pd.DataFrame:
        """The rows that are failures or correct."""
        return self.rows[self.rows["outcome"].isin(VALID)]

    @property
    def confirmed(self) -> tuple[FailureMode, ...]:
        """The modes that the held-out questions confirm."""
        return tuple(mode for mode in self.modes if mode.status == "confirmed")


@dataclass(frozen=True)
class Analysis:
    """The analyses of all models of a log, by name, and sentences about what was read."""

    models: tuple[ModelAnalysis, ...]
    notes: tuple[str, ...]

    def write(self, folder: Path | str) -> Path:
        """Writes data and reports into a folder, which must be new, empty, or one that an analysis wrote.

        Returns the path of the first page. Raises BlindspotError for another folder.
        """
        from blindspot.analysis.write import write_analysis

        return write_analysis(self, Path(folder))


def analyze(
    frame: pd.DataFrame, columns: Columns = ALL_COLUMNS, threshold: float | None = None, judge: LLM | None = None
) -> Analysis:
    """Finds the failure modes of each model in a table of its answers.

    `columns`: names of columns; those that are None are recognised by their usual names. `threshold`: the error rate
    that a mode must exceed; None for the larger of THRESHOLD and the model's `error_rate`. `judge`: an LLM that
    decides about answers without a verdict that differ from the references. Raises BlindspotError if the threshold is
    not between 0 and 1, if a column is missing, or if no answer can be scored.
    """
    return analyze_answers(from_frame(frame, columns, "model"), threshold, judge)


def analyze_logs(
    files: Sequence[Path], columns: Columns = ALL_COLUMNS, threshold: float | None = None, judge: LLM | None = None
) -> Analysis:
    """Finds the failure modes of each model in evaluation logs (docs/logs.md). As `analyze` otherwise."""
    return analyze_answers(read_logs(files, columns), threshold, judge)


def analyze_answers(answers: pd.DataFrame, threshold: float | None, judge: LLM | None) -> Analysis:
    """Finds the failure modes of each model in an answers frame (`read_logs`). As `analyze` otherwise."""
    check_threshold(threshold)
    notes, searched = tuple(answers.attrs.get("notes", ())), dict(answers.attrs.get("discovered", {}))
    answers.attrs.clear()  # pandas copies and compares them with every operation
    graded = grade_by(answers, judge) if judge else grade(answers)
    models = [
        _analyze_model(str(name), rows.reset_index(drop=True), threshold, searched.get(str(name), ()))
        for name, rows in graded.groupby("model", sort=False)
    ]
    if not any(len(one.scored) for one in models):
        reasons = graded["reason"].value_counts()
        raise BlindspotError(
            f"none of the {len(graded):,} answers can be scored ({', '.join(reasons.index[:3])})",
            "name a column with the verdict (--wrong or --correct), a score (--score) or the reference (--reference)",
        )
    rows = [model.rows for model in models]
    opposed = inverted({model.model: model.disagreement.share for model in models})
    return Analysis(tuple(models), (*notes, *opposed, *repeated(rows), *unclear(rows), *language(rows)))


def check_threshold(threshold: float | None) -> None:
    """Raises BlindspotError if the threshold is not between 0 and 1."""
    if threshold is not None and not 0 < threshold < 1:
        raise BlindspotError(f"the threshold {threshold:g} is not between 0 and 1", "give an error rate, such as 0.25")


def _analyze_model(
    model: str, graded: pd.DataFrame, threshold: float | None, searched: Sequence[FailureMode]
) -> ModelAnalysis:
    rows = read_rows(graded)
    if searched:
        rows = rows.assign(part="held_out")
    scored = rows[rows["outcome"].isin(VALID)].reset_index(drop=True)
    above = threshold if threshold is not None else max(THRESHOLD, error_rate(scored))
    found = scored[scored["part"] == "discovery"].reset_index(drop=True)
    min_asked = min((mode.asked for mode in searched), default=fewest(len(found)))
    discovered = searched or (find_modes(found, above, min_asked, EXAMPLES) if above < 1 and len(found) else [])
    held_out = for_confirmation(scored[scored["part"] == "held_out"], rows)
    modes = with_mixes(confirm(discovered, held_out, above, EXAMPLES), held_out)
    if modes and not searched:  # the log has none of the questions in which a search discovers modes
        back = of_modes(modes, found, above, min_asked, RESAMPLES)
        modes = [replace(mode, recurrence=share) for mode, share in zip(modes, back, strict=True)]
    rows["modes"] = _modes_of(rows, modes)
    note = why_none_confirmed(scored, found) if modes else why_no_modes(scored, found, above, min_asked)
    return ModelAnalysis(model, rows, above, min_asked, bool(searched), tuple(modes), disagreement(graded), note)


def error_rate(scored: pd.DataFrame) -> float:
    """Returns the model's error rate, 0 without questions. Sought questions count only if there are no others.

    A search asks what the model answers wrong. Its questions would raise the rate that a failure mode must exceed.
    """
    counted = scored if scored["sought"].all() else scored[~scored["sought"]]
    return float((counted["outcome"] == "failure").mean()) if len(counted) else 0.0


def _modes_of(rows: pd.DataFrame, modes: Sequence[FailureMode]) -> "pd.Series[Any]":
    """Returns the ids of the modes that contain each question."""
    of_rows: list[list[str]] = [[] for _ in range(len(rows))]
    for mode, inside in zip(modes, contained_in(modes, rows), strict=True):
        for place in inside.nonzero()[0].tolist():
            of_rows[place].append(mode.mode_id)
    return pd.Series(of_rows, rows.index, object)


def fewest(questions: int) -> int:
    """Returns the fewest questions of a failure mode in a log whose discovery part has so many scored questions.

    In a large log, a mode of few questions explains little, and the search for all of them takes long.
    """
    small, usual = FEWEST
    return max(min(usual, max(small, round(questions * SMALL_SHARE))), round(questions * LARGE_SHARE))


def read_rows(graded: pd.DataFrame) -> pd.DataFrame:
    """Returns graded answers with their part and their features, as `ModelAnalysis.rows` has them, without modes."""
    return _with_features(_split(graded))


def _split(graded: pd.DataFrame) -> pd.DataFrame:
    """Adds the columns unit and part. All rows about an image are in the same part, in every run and of all models."""
    units = [
        f"image {image}" if isinstance(image, str) else f"question {' '.join(str(question).split()).lower()}"
        for image, question in zip(graded["image_id"], graded["question"], strict=True)
    ]
    return graded.assign(unit=units, part=split(units))


def _with_features(rows: pd.DataFrame) -> pd.DataFrame:
    """Adds rollout_id, reference and the lists of features. The image_id of rows without image is their unit."""
    references = [one[0] if one else None for one in rows["references"]]
    read = [
        read_columns(question, reference)
        for question, reference in zip(rows["question"].fillna(""), references, strict=True)
    ]
    worded = [
        wording(question, reference, letter_of(known, options))
        for question, reference, known, options in zip(
            rows["question"].fillna(""), references, rows["references"], rows["options"], strict=True
        )
    ]
    lists = {
        "abilities": [one["abilities"] for one in read],
        "groups": [one["groups"] for one in read],
        "features": [[*one["features"], *more] for one, more in zip(read, worded, strict=True)],
    }
    return rows.assign(
        rollout_id=rows["row_id"],
        reference=pd.Series(references, rows.index, object),
        image_id=rows["unit"],
        **{name: pd.Series(values, rows.index, object) for name, values in lists.items()},
    )


def letter_of(references: Sequence[str], options: Mapping[str, str]) -> str | None:
    """Returns the letter of the correct option, None if the question has no options."""
    return next((letter for letter in options if letter in references), None)
