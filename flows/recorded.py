"""Records a flow run as one pipeline run: its stages are children of one run in MLflow."""

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from blindspot.recording.delivery import update_parent
from blindspot.recording.experiment import EXPERIMENT
from blindspot.recording.local_store import ARTIFACTS
from blindspot.recording.refusals import short, warn
from blindspot.recording.server import require_answer, using
from blindspot.runs import joining
from blindspot.runs.kept import keep
from blindspot.runs.record import FAILED, FINISHED, KILLED, RAN, STAGES, find
from blindspot.tracking import store_uri
from flows.repro import Result
from flows.secret import without_secret


class StageFailed(Exception):
    """A stage failed; the message says why."""


@contextmanager
def recorded(work: Path, run_id: str, flow: str, root: Path) -> Iterator[None]:
    """Opens the pipeline run of a flow, and ends it with the block: FAILED after a StageFailed.

    A failure of the records is a warning: it never ends a run.
    """
    artifacts = None if os.environ.get("MLFLOW_TRACKING_URI") else (work / ARTIFACTS).as_uri()
    with _warning("the run"):
        place = joining.Place(work, root, store_uri(work), artifacts)
        joining.open_flow(place, run_id, flow, without_secret(os.environ))
    state = KILLED
    try:
        yield
        state = FINISHED
    except StageFailed:
        state = FAILED
        raise
    finally:
        with _warning("the end of the run"):
            joining.end(work, run_id, state)
            keep(work, run_id)
            _send(work, run_id)


def note(work: Path, run_id: str, stage: str, result: Result) -> None:
    """Notes what DVC did with a stage."""
    with _warning(f"the stage {stage}"):
        if result != RAN and stage in STAGES:
            joining.stage_skipped(work, run_id, stage, result)
        else:
            joining.dvc_ran(work, run_id)


def _send(work: Path, run_id: str) -> None:
    """Brings the run in MLflow up to date. If MLflow does not answer, the next start does it."""
    run = find(work, run_id)
    if run is None:
        return
    with suppress(Exception), using(run.uri, EXPERIMENT):
        require_answer(run.uri)
        update_parent(work, run_id)


@contextmanager
def _warning(what: str) -> Iterator[None]:
    try:
        yield
    except (OSError, LookupError) as error:
        warn(f"{what} is not recorded ({short(error)})")
