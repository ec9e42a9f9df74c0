"""The records of pipeline runs: a JSON file for each in the work folder, which the flow and the stages share.

A pipeline run is one execution of the pipeline: a Prefect flow run, a dvc process, or a stage that was started by
hand. Its record is what MLflow's parent run and `blindspot runs` show. A file is replaced as a whole, under a lock.
"""

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, fields
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar

from filelock import FileLock

from blindspot.runs.process import Process
from blindspot.store import write_json

FOLDER = Path("pipeline_runs")
#: The stages of a pipeline run in their order; tests compare them with dvc.yaml.
STAGES = ("prepare", "explore", "train", "harvest", "verify", "audit", "taxonomy", "report")
LAST = STAGES[-1]
RUNNING, FINISHED, FAILED, KILLED = "RUNNING", "FINISHED", "FAILED", "KILLED"  # as MLflow names them
RAN, UNCHANGED = "ran", "unchanged"
DVC, BY_HAND = "dvc", "stage"  # kinds of runs; those of flows are the names of the flows

Found = TypeVar("Found")


@dataclass
class StageRecord:
    """A stage in a pipeline run.

    `result`: "ran", or how the stage was skipped. `started` and `ended`: ms since 1970. `outs`: a digest of the
    outputs in dvc.lock, empty before DVC writes it. `sizes`: bytes and number of files of each output, to
    recognise them in dvc.lock. `made_by`: of a skipped stage, the id of the pipeline run that made the outputs.
    """

    result: str = RAN
    state: str = RUNNING
    process: Process | None = None
    started: int = 0
    ended: int = 0
    mlflow_run: str = ""
    outs: str = ""
    sizes: dict[str, list[int]] = field(default_factory=dict)
    made_by: str = ""


@dataclass
class PipelineRun:
    """A pipeline run.

    `kind`: the name of the flow, "dvc", or "stage". `owner`: the process whose end ends the run. `uri` and
    `artifacts`: MLflow's store. `unsent`: MLflow lacks a change.
    `kept`: the folder of the kept report in the work folder, empty if there is none. `since`: what changed since the
    last run of the candidate, empty if that is unknown.
    """

    id: str
    kind: str
    owner: Process
    folder: str
    candidate: str
    started: int
    ended: int = 0
    state: str = RUNNING
    uri: str = ""
    artifacts: str | None = None
    experiment: str = ""
    mlflow_run: str = ""
    unsent: bool = True
    kept: str = ""
    since: str = ""
    tags: dict[str, str] = field(default_factory=dict)
    params: dict[str, Any] = field(default_factory=dict)
    figures: dict[str, float] = field(default_factory=dict)
    stages: dict[str, StageRecord] = field(default_factory=dict)

    @property
    def date(self) -> datetime:
        """The start, in local time."""
        return datetime.fromtimestamp(self.started / 1000).astimezone()

    @property
    def name(self) -> str:
        """The candidate and the start, in local time to the minute."""
        return f"{self.candidate} {self.date:%Y-%m-%d %H:%M}"

    @property
    def seconds(self) -> float | None:
        """The duration; None while it runs."""
        return (self.ended - self.started) / 1000 if self.ended else None


def now() -> int:
    """Returns the time in ms since 1970."""
    return int(time.time() * 1000)


@contextmanager
def changing(work: Path, run_id: str) -> Iterator[PipelineRun]:
    """Yields a record under its lock, and stores it if the block succeeds. Raises LookupError if there is none."""
    path = _path(work, run_id)
    with FileLock(path.with_suffix(".lock")):
        run = read_run(path)
        if run is None:
            raise LookupError(run_id)
        yield run
        store(work, run)


def store(work: Path, run: PipelineRun) -> None:
    """Writes a record, completely or not at all."""
    write_json(_path(work, run.id), asdict(run))


def find(work: Path, run_id: str) -> PipelineRun | None:
    """Returns the record of a pipeline run; None if there is none."""
    return read_run(_path(work, run_id))


def all_runs(work: Path) -> list[PipelineRun]:
    """Returns the records of a work folder, newest first. Files of other versions are left out."""
    found = [read_run(path) for path in (work / FOLDER).glob("[!.]*.json")]
    return sorted((run for run in found if run), key=lambda run: run.started, reverse=True)


def read_run(path: Path) -> PipelineRun | None:
    """Returns the record in a file; None if the file is missing or is not a record."""
    try:
        values = json.loads(path.read_text(encoding="utf-8"))
        run = _known(PipelineRun, values)
        run.owner = Process(**values["owner"])
        run.stages = {name: _stage(values["stages"][name]) for name in STAGES if name in values["stages"]}
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        return None
    return run


def _stage(values: dict[str, Any]) -> StageRecord:
    found = _known(StageRecord, values)
    found.process = Process(**values["process"]) if values.get("process") else None
    return found


def _known(kind: type[Found], values: dict[str, Any]) -> Found:
    """Returns a record without the keys of other versions."""
    names = {one.name for one in fields(kind)}  # type: ignore[arg-type]
    return kind(**{name: value for name, value in values.items() if name in names})


def _path(work: Path, run_id: str) -> Path:
    return work / FOLDER / f"{run_id}.json"
