"""Opens, joins and ends pipeline runs.

The flow gives its id to its stages (VARIABLE). Without a flow, the stages of one dvc process belong together. The
record of a run ends with the flow, with the last stage of a dvc process, or with a stage that was started by hand. A
run whose process is gone is ended by the next start.
"""

import os
import re
import time
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock

from blindspot.runs import facts
from blindspot.runs.made_by import note_earlier, note_own
from blindspot.runs.outputs import sizes_of_outputs
from blindspot.runs.process import Process, nearest_dvc, this_process
from blindspot.runs.record import (
    BY_HAND,
    DVC,
    FAILED,
    FINISHED,
    FOLDER,
    KILLED,
    LAST,
    RUNNING,
    PipelineRun,
    StageRecord,
    all_runs,
    changing,
    find,
    now,
    store,
)

VARIABLE = "BLINDSPOT_PIPELINE_RUN"  # the id of the pipeline run that a stage belongs to
LONGEST_ID = 64
#: s after the last change of a run on another machine, after which it counts as ended: its processes cannot be seen.
ELSEWHERE = 24 * 3600.0


@dataclass(frozen=True)
class Place:
    """Where a pipeline run happens: its work folder, its folder, and MLflow's store."""

    work: Path
    folder: Path
    uri: str
    artifacts: str | None


def open_flow(place: Place, run_id: str, kind: str, environ: Mapping[str, str]) -> None:
    """Opens the run of a flow, or opens it again if the flow is retried. `environ`: the environment of git."""
    with _lock(place.work):
        _open(place, run_id, kind, this_process(), environ)


def join(place: Place) -> str:
    """Returns the id of the pipeline run that a stage of this process belongs to. The first stage opens the run."""
    named, dvc = os.environ.get(VARIABLE, ""), nearest_dvc()
    owner = dvc or this_process()
    with _lock(place.work):
        run_id = _as_id(named) if named else _of(owner, place)
        _open(place, run_id, DVC if dvc else BY_HAND, owner, os.environ)
    return run_id


def stage_started(work: Path, run_id: str, stage: str) -> None:
    """Notes that this process runs a stage."""
    note_earlier(work, run_id)
    with changing(work, run_id) as run:
        note_own(work, run, before=stage)
        run.stages[stage] = StageRecord(process=this_process(), started=now())
        run.unsent = True


def stage_ended(work: Path, run_id: str, stage: str, state: str) -> PipelineRun:
    """Notes the end of a stage, and ends the run unless another process does. Returns the run."""
    with changing(work, run_id) as run:
        found = run.stages[stage]
        found.state, found.ended, run.unsent = state, now(), True
        if state == FINISHED:
            found.sizes = sizes_of_outputs(Path(run.folder), stage)
            run.figures |= facts.headline(Path(run.folder), stage)
        if _is_ended_by(run, stage, state):
            _end(work, run, end_state(run))
    return run


def stage_skipped(work: Path, run_id: str, stage: str, result: str) -> None:
    """Notes that DVC did not run a stage, which the record shows as `result`."""
    note_earlier(work, run_id)
    with changing(work, run_id) as run:
        run.stages[stage] = StageRecord(result, FINISHED)
        run.figures |= facts.headline(Path(run.folder), stage)
        note_own(work, run)
        run.unsent = True


def dvc_ran(work: Path, run_id: str) -> None:
    """Notes the entries of stages that DVC has written to dvc.lock after the stages ended."""
    note_earlier(work, run_id)
    with changing(work, run_id) as run:
        note_own(work, run)


def end(work: Path, run_id: str, state: str) -> None:
    """Ends a run."""
    note_earlier(work, run_id)
    with changing(work, run_id) as run:
        _end(work, run, state)


def end_dead(work: Path) -> list[str]:
    """Ends the runs whose processes are gone. Returns their ids."""
    ended = []
    for found in all_runs(work):
        if found.state == RUNNING and is_over(found, work):
            with changing(work, found.id) as run:
                if run.state == RUNNING and is_over(run, work):
                    _end(work, run, end_state(run), _last_change(run))
                    ended.append(run.id)
    return ended


def has_unfinished(work: Path) -> bool:
    """Returns whether MLflow lacks something of a run that is over."""
    return any(is_over(run, work) if run.state == RUNNING else run.unsent for run in all_runs(work))


def is_over(run: PipelineRun, work: Path) -> bool:
    """Returns whether no process of a run is left. On another machine, whether nothing has happened for long."""
    processes = [run.owner, *(one.process for one in run.stages.values() if one.process and one.state == RUNNING)]
    if any(one.is_alive for one in processes):
        return False
    changed = (work / FOLDER / f"{run.id}.json").stat().st_mtime
    return all(one.is_here for one in processes) or time.time() - changed > ELSEWHERE


def end_state(run: PipelineRun) -> str:
    """Returns how a run ended whose process is gone, or does not say it: as its stages did; a flow was killed."""
    states = {one.state for one in run.stages.values()}
    if FAILED in states:
        return FAILED
    is_complete = bool(states) and RUNNING not in states and KILLED not in states
    return FINISHED if is_complete and run.kind in (DVC, BY_HAND) else KILLED


def _is_ended_by(run: PipelineRun, stage: str, state: str) -> bool:
    """Returns whether the end of a stage ends the run. A flow that is there ends its run itself."""
    if not run.owner.is_alive or run.owner.is_same(this_process()):
        return True
    return run.kind in (DVC, BY_HAND) and (stage == LAST or state != FINISHED)


def _last_change(run: PipelineRun) -> int:
    """Returns the last time at which a run is known to have continued, in ms since 1970."""
    return max([run.started, *(max(one.started, one.ended) for one in run.stages.values())])


def _end(work: Path, run: PipelineRun, state: str, ended: int | None = None) -> None:
    note_own(work, run)
    ended = ended or now()
    for one in run.stages.values():
        if one.state == RUNNING:
            one.state, one.ended = KILLED, ended
    values = facts.read_parameters(Path(run.folder))
    run.tags |= facts.versions_at_end(Path(run.folder), values)
    run.state, run.ended, run.unsent = state, ended, True


def _open(place: Place, run_id: str, kind: str, owner: Process, environ: Mapping[str, str]) -> None:
    """Creates a record, or opens it again. An owner that is still there stays the owner."""
    known = find(place.work, run_id)
    if known is None:
        values = facts.read_parameters(place.folder)
        run = PipelineRun(
            run_id, kind, owner, str(place.folder), facts.candidate_name(values), now(), uri=place.uri,
            artifacts=place.artifacts, params=facts.of_pipeline(values),
            tags=facts.versions_at_start(place.folder, values, environ),
        )  # fmt: skip
        store(place.work, run)
        return
    with changing(place.work, run_id) as run:
        run.state, run.ended, run.unsent = RUNNING, 0, True
        run.owner = run.owner if run.owner.is_alive else owner


def _of(owner: Process, place: Place) -> str:
    """Returns the id of the run of a process in this folder, or a new one."""
    found = (run.id for run in all_runs(place.work) if run.owner.is_same(owner) and run.folder == str(place.folder))
    return next(found, "") or uuid.uuid4().hex[:12]


def _as_id(text: str) -> str:
    """Returns a text as a name of a file."""
    return re.sub(r"[^\w-]", "_", text)[:LONGEST_ID]


def _lock(work: Path) -> FileLock:
    (work / FOLDER).mkdir(parents=True, exist_ok=True)
    return FileLock(work / FOLDER / ".lock")
