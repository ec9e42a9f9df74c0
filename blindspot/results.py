"""Opens a finished run and returns what it found as typed records and data frames."""

from collections.abc import Iterable
from dataclasses import dataclass, fields
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from blindspot.errors import BlindspotError
from blindspot.paths import FAILURE_MODES, QUESTIONS, ROLLOUTS, TAXONOMY_FOLDER, VERDICTS, VERIFY_METRICS
from blindspot.records.verdict import VALID

if TYPE_CHECKING:
    import pandas as pd

    from blindspot.records.failure_mode import FailureMode
    from blindspot.records.rollout import Rollout
    from blindspot.records.verdict import Verdict

Record = TypeVar("Record")
QUESTION_COLUMNS = ("rollout_id", "primitives", "skills", "meta_skills", "features", "part")


@dataclass(frozen=True)
class Skill:
    """A named ability. `title` is for people, `name` identifies it. `meta_skill`: the group that contains it."""

    name: str
    title: str
    definition: str
    meta_skill: str


class Run:
    """The results of one run of the pipeline. Each property reads its file when it is first used."""

    def __init__(self, folder: Path) -> None:
        """`folder`: the root of a checkout, or of one of its clones in .work/runs, in which `verify` has run; or the
        folder of one model that `blindspot analyze` has written, which has only `questions` and `failure_modes`.

        Raises BlindspotError where it holds no verdicts.
        """
        self.folder = folder
        if not (folder / VERDICTS).is_file():
            raise BlindspotError(
                f"{folder} holds no finished run",
                "change to the folder of a finished run, or name it (`blindspot runs` lists them)",
            )

    @cached_property
    def rollouts(self) -> "list[Rollout]":
        """Every question that was harvested, with the candidate's answer."""
        from blindspot.records.rollout import Rollout

        return _records(Rollout, self._frame(ROLLOUTS))

    @cached_property
    def verdicts(self) -> "list[Verdict]":
        """The verdict of each rollout, in the order of `rollouts`."""
        from blindspot.records.verdict import Verdict

        ordered = self._frame(VERDICTS).set_index("rollout_id").loc[[one.rollout_id for one in self.rollouts]]
        return _records(Verdict, ordered)

    @cached_property
    def questions(self) -> "pd.DataFrame":
        """One row per rollout: the columns of rollouts and verdicts; of valid questions also skills and features.

        Of an analysis, one row per answer of the log.
        """
        verdicts = self._frame(VERDICTS)
        if self._is_analysis:
            return verdicts
        rollouts = self._frame(ROLLOUTS)
        frame = rollouts.merge(verdicts[["rollout_id", *verdicts.columns.difference(rollouts.columns)]], "left")
        if (self.folder / QUESTIONS).is_file():
            found = self._frame(QUESTIONS)
            frame = frame.merge(found[[name for name in QUESTION_COLUMNS if name in found.columns]], "left")
        return frame

    @cached_property
    def failure_modes(self) -> "list[FailureMode]":
        """The discovered failure modes, confirmed ones first.

        Empty where there is no taxonomy.
        """
        from blindspot.records.failure_mode import read_failure_modes

        path = self.folder / FAILURE_MODES
        return read_failure_modes(path) if path.is_file() else []

    @cached_property
    def skills(self) -> list[Skill]:
        """The skills, by name. Empty where there is no taxonomy."""
        if not (self.folder / TAXONOMY_FOLDER / "skills.json").is_file():
            return []
        groups = {
            name: one["name"] for one in self._json(TAXONOMY_FOLDER / "meta_skills.json") for name in one["skills"]
        }
        return [
            Skill(one["name"], one.get("title", one["name"]), one["definition"], groups.get(one["name"], ""))
            for one in self._json(TAXONOMY_FOLDER / "skills.json")
        ]

    @cached_property
    def rates(self) -> dict[str, dict[str, Any]]:
        """Counts and rates by method, as metrics/verify.json has them."""
        return {name: rates for name, rates in self._json(VERIFY_METRICS).items() if "asked" in rates}

    def questions_of(self, mode: "FailureMode") -> "pd.DataFrame":
        """The rows of `questions` that the rate of a failure mode is measured on."""
        frame = self.questions
        if "features" not in frame and not self._is_analysis:
            return frame.iloc[:0]
        if "part" not in frame:
            raise BlindspotError(f"{self.folder} was written by an older version", "run `dvc repro taxonomy` there")
        tested = frame[frame["part"].eq("held_out") & frame["outcome"].isin(VALID)]
        if "mode_id" in frame and frame["mode_id"].notna().any():
            tested = tested[tested["mode_id"].eq(mode.mode_id)].drop_duplicates(["image_id", "question"])
        if self._is_analysis:
            return tested[[mode.mode_id in modes for modes in tested["modes"]]]
        return tested[[mode.contains({*features}) for features in tested["features"]]]

    @cached_property
    def _is_analysis(self) -> bool:
        return not (self.folder / ROLLOUTS).is_file() and "part" in self._frame(VERDICTS)

    def _frame(self, path: Path) -> "pd.DataFrame":
        from blindspot.store import read_frame

        if path != VERDICTS:
            self._check_is_run()
        return read_frame(self.folder / path)

    def _json(self, path: Path) -> Any:
        from blindspot.store import read_json

        self._check_is_run()
        return read_json(self.folder / path)

    def _check_is_run(self) -> None:
        if self._is_analysis:
            problem = f"{self.folder} holds the analysis of a log, which has only questions and failure_modes"
            raise BlindspotError(
                problem, "change to the folder of a finished run, or name it (`blindspot runs` lists them)"
            )


def open_run(folder: Path | str = ".") -> Run:
    """Opens a finished run.

    `folder`: the root of the checkout in which it ran, or its clone in .work/runs; or the folder of one model that
    `blindspot analyze` has written. Raises BlindspotError where the folder holds no verdicts.
    """
    return Run(Path(folder))


def _records(kind: type[Record], frame: "pd.DataFrame") -> list[Record]:
    """One record per row. Columns that the record has no field for are left out. Missing is None, a list a tuple."""
    names = [field.name for field in fields(kind) if field.name in frame.columns]  # type: ignore[arg-type]
    columns = [frame[name].astype(object).where(frame[name].notna(), None).map(_plain) for name in names]
    return [kind(**dict(zip(names, row, strict=True))) for row in zip(*columns, strict=True)]


def _plain(value: Any) -> Any:
    """Returns a value of a frame as a record has it: a list as a tuple."""
    return tuple(value) if isinstance(value, Iterable) and not isinstance(value, str) else value
