"""Finds the pipeline run that made the outputs of a stage, by their digests in dvc.lock.

DVC writes the entry of a stage after the process of the stage has ended. So a later stage, the flow, or the next run
notes the digest in the record of the run that made the outputs.
"""

from pathlib import Path

from blindspot.runs.outputs import Lock, digest_of_outputs, has_sizes, read_lock
from blindspot.runs.record import (
    DVC,
    FINISHED,
    RAN,
    STAGES,
    UNCHANGED,
    PipelineRun,
    StageRecord,
    all_runs,
    changing,
)


def note_earlier(work: Path, run_id: str) -> None:
    """Notes the digests of outputs that earlier runs in the same folder made. Locks these runs in turn."""
    runs = all_runs(work)
    folder = next((run.folder for run in runs if run.id == run_id), "")
    lock = read_lock(Path(folder)) if folder else {}
    for one in runs:
        if one.id != run_id and one.folder == folder and _note(one, lock):
            with changing(work, one.id) as run:
                _note(run, lock)


def note_own(work: Path, run: PipelineRun, before: str = "") -> None:
    """Notes what dvc.lock says about the stages of a run, and who made the outputs of those that did not run.

    `before`: a stage that DVC runs now. Stages before it that did not run in this run are unchanged.
    """
    lock, others = read_lock(Path(run.folder)), [one for one in all_runs(work) if one.id != run.id]
    for name in STAGES[: STAGES.index(before)] if run.kind == DVC and before in STAGES else ():
        if name in lock:
            run.stages.setdefault(name, StageRecord(UNCHANGED, FINISHED))
    _note(run, lock)
    for name, stage in run.stages.items():
        if stage.result != RAN and not stage.outs:
            stage.outs = digest_of_outputs(lock, name)
            stage.made_by = maker(others, name, stage.outs)


def maker(runs: list[PipelineRun], stage: str, outs: str) -> str:
    """Returns the id of the newest of these runs that made these outputs; an empty text if none did.

    `runs`: newest first.
    """
    made = (run.id for run in runs if (one := run.stages.get(stage)) and one.result == RAN and one.outs == outs)
    return next(made, "") if outs else ""


def _note(run: PipelineRun, lock: Lock) -> bool:
    """Notes the digests of the outputs that a run made and dvc.lock has. Returns whether there were any.

    They are known by their sizes: after a kill, or a `git checkout`, dvc.lock describes other outputs.
    """
    found = False
    for name, stage in run.stages.items():
        made = stage.result == RAN and stage.state == FINISHED and not stage.outs
        if made and has_sizes(lock, name, stage.sizes):
            stage.outs, found = digest_of_outputs(lock, name), True
    return found
