"""The parent run of a pipeline run in MLflow. It shows the record of the pipeline run.

The record is what counts. Whatever MLflow misses of it, a later process sends, and no value is stored twice.
"""

import getpass
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from blindspot.recording.description import Maker, describe
from blindspot.recording.operations import Operation, Target, execute
from blindspot.recording.refusals import is_refusal, short
from blindspot.runs.facts import flatten
from blindspot.runs.kept import files_of
from blindspot.runs.record import RUNNING, PipelineRun, all_runs, changing, find

PARENT_TAG = "mlflow.parentRunId"
NOTE_TAG = "mlflow.note.content"
RUN_TAG, KIND_TAG = "blindspot.run", "blindspot.kind"
FOLDER_TAG, CANDIDATE_TAG = "blindspot.folder", "blindspot.candidate"
OUTBOX_TAG = "blindspot.outbox"
SOURCE_TAG, USER_TAG = "mlflow.source.name", "mlflow.user"  # columns of MLflow's list of runs
MADE_BY = "blindspot.made_by."


def ensure_parent(work: Path, run_id: str, client: Any, experiment: str) -> str:
    """Returns the id of the parent run in MLflow, which it creates if there is none.

    Returns an empty text without a record. Raises MLflow's errors.
    """
    try:
        with changing(work, run_id) as run:
            _create(run, client, experiment)
            return run.mlflow_run
    except LookupError:
        return ""


def note_stage(work: Path, run_id: str, stage: str, mlflow_run: str) -> None:
    """Notes the id in MLflow of the run of a stage, if the record is there."""
    run = find(work, run_id)
    if run is None or stage not in run.stages:
        return
    with changing(work, run_id) as run:
        run.stages[stage].mlflow_run, run.unsent = mlflow_run, True


def send_parent(work: Path, run_id: str, client: Any, experiment: str) -> list[str]:
    """Brings the parent run in MLflow up to date. Returns what MLflow refused, for warnings.

    Raises the error of a store that does not answer.
    """
    with changing(work, run_id) as run:
        _create(run, client, experiment)
        target, refused = Target(client, experiment, run.mlflow_run), []
        makers, is_complete = makers_of(work, run)
        for operation in _operations(work, run, makers):
            try:
                execute(operation, target)
            except Exception as error:
                if not is_refusal(error):
                    raise
                refused.append(f"{operation['kind']} ({short(error)})")
        if run.state == RUNNING:
            client.update_run(run.mlflow_run, RUNNING)
        run.unsent = not is_complete
    return refused


def makers_of(work: Path, run: PipelineRun) -> tuple[dict[str, Maker], bool]:
    """Returns the runs that made the outputs of skipped stages, by stage, and whether all of their ids are known."""
    found: dict[str, Maker] = {}
    is_complete = True
    for name, stage in run.stages.items():
        made = find(work, stage.made_by) if stage.made_by else None
        if made and made.uri == run.uri and name in made.stages:
            maker = Maker(made.name, made.experiment, made.stages[name].mlflow_run)
            found |= {name: maker} if maker.mlflow_run else {}
            is_complete = is_complete and bool(maker.mlflow_run or not made.unsent)
    return found, is_complete


def unsent(work: Path) -> list[PipelineRun]:
    """Returns the runs that MLflow lacks something of, oldest first."""
    return [run for run in reversed(all_runs(work)) if run.unsent]


def _create(run: PipelineRun, client: Any, experiment: str) -> None:
    """Creates the parent unless an earlier try did: the reply to that may have been lost."""
    if run.mlflow_run:
        return
    name = f"run-{run.id}"
    known = client.search_runs([experiment], f"tags.`{OUTBOX_TAG}` = '{name}'", max_results=1)
    tags = {OUTBOX_TAG: name, RUN_TAG: run.id, KIND_TAG: run.kind, CANDIDATE_TAG: run.candidate}
    tags |= {SOURCE_TAG: f"blindspot {run.kind}", USER_TAG: _user()}
    found = known[0] if known else client.create_run(experiment, run.started, tags, run.name)
    run.mlflow_run, run.experiment = str(found.info.run_id), experiment


def _operations(work: Path, run: PipelineRun, makers: dict[str, Maker]) -> Iterator[Operation]:
    """Yields what MLflow shows of a record. The same values may be sent again."""
    tags = run.tags | {FOLDER_TAG: run.folder, NOTE_TAG: describe(run, makers)}
    yield {"kind": "params", "values": flatten(run.params)}
    yield {"kind": "tags", "values": tags | {f"{MADE_BY}{name}": one.mlflow_run for name, one in makers.items()}}
    if run.figures:
        ended = max(one.ended for one in run.stages.values())
        yield {"kind": "metrics", "values": run.figures, "step": 0, "time": ended or run.started, "model": None}
    for file in files_of(work, run):
        yield {"kind": "artifact", "file": str(file), "folder": None}
    if run.state != RUNNING:
        yield {"kind": "end", "status": run.state, "time": run.ended}


def _user() -> str:
    """Returns the name of the user, as MLflow records it for the runs of the stages."""
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):  # a user id without a name, as in some containers
        return ""
