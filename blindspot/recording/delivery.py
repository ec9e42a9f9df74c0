"""Sends the records of a run to MLflow: at once, or later what MLflow missed."""

import json
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any

from filelock import FileLock

from blindspot.recording.experiment import EXPERIMENT, experiment_id, open_client
from blindspot.recording.operations import Operation, Target, execute
from blindspot.recording.outbox import Outbox, abandoned
from blindspot.recording.parent import PARENT_TAG, ensure_parent, note_stage, send_parent, unsent
from blindspot.recording.refusals import is_refusal, short, warn
from blindspot.recording.server import require_answer, using
from blindspot.runs.joining import end_dead
from blindspot.runs.kept import keep
from blindspot.runs.record import find

OUTBOX_TAG = "blindspot.outbox"
TRIES = 3  # of an operation that MLflow refuses although it answers


def start(box: Outbox) -> Target:
    """Returns where the operations of the outbox go; creates the run in MLflow if it has none. Raises any error."""
    run, state = box.run, box.state
    client = open_client(box.work, run["uri"])
    if not state.run_id:
        state.experiment_id = experiment_id(client, run["artifacts"])
        state.run_id = _create_run(client, box)
        box.save()
        if pipeline := run.get("pipeline"):
            note_stage(box.work, pipeline, run["name"], state.run_id)
    known = _models(box) | state.models

    def save() -> None:
        state.models = target.models
        box.save()

    target = Target(client, state.experiment_id, state.run_id, known, save)
    return target


def deliver(box: Outbox) -> Target:
    """Sends every operation that waits, in order. Raises the error that stops it."""
    target = start(box)
    for operation in box.operations()[box.state.sent :]:
        try:
            execute_or_ask(operation, target, box.run["uri"])
        except Exception as error:
            box.state.failures += 1
            box.save()
            if not is_refusal(error) and box.state.failures < TRIES:
                raise
            if not is_refusal(error):
                require_answer(box.run["uri"])  # raises: MLflow is away, which is not the operation's fault
            warn(refused(box.run["name"], operation, error))
        box.sent()
    return target


def execute_or_ask(operation: Operation, target: Target, uri: str) -> None:
    """Sends an operation, twice if it is refused. Raises ConnectionError if MLflow does not answer after a refusal.

    MLflow's client calls a connection that breaks during a download a wrong path, which reads like a refusal.
    """
    try:
        execute(operation, target)
    except Exception as error:
        if not is_refusal(error):
            raise
        require_answer(uri)
        execute(operation | {"again": True}, target)


def refused(stage: str, operation: Operation, error: Exception) -> str:
    """Returns a warning about an operation that MLflow does not take."""
    what = operation.get("name") or operation.get("file") or ", ".join(map(str, operation.get("values", ()))) or ""
    return f"MLflow does not take {operation['kind']} {what[:200]} of the stage {stage} ({short(error)}): left out"


def send_missed(work: Path) -> int:
    """Sends what MLflow missed of runs whose process ended, and ends the runs of killed processes as KILLED.

    Ends pipeline runs whose processes are gone. Returns how many runs are still to be sent. A store that does not
    answer is asked once.
    """
    for run_id in end_dead(work):
        with suppress(OSError):  # a full disk: `blindspot runs` reads the record
            keep(work, run_id)
    away, left = set[str](), 0
    for box in abandoned(work):
        left += not _send(box.run["uri"], away, partial(finish, box))
    for run in unsent(work):
        left += not _send(run.uri, away, partial(update_parent, work, run.id))
    return left


def update_parent(work: Path, run_id: str) -> None:
    """Brings the parent run of a pipeline run in MLflow up to date. Raises any error of the store."""
    run = find(work, run_id)
    if run is None or not run.unsent:
        return
    client = open_client(work, run.uri)
    for text in send_parent(work, run_id, client, experiment_id(client, run.artifacts)):
        warn(f"MLflow does not take {text} of the run {run.name}: left out")


def _send(uri: str, away: set[str], send: Callable[[], None]) -> bool:
    """Returns whether it succeeded. Adds a store that does not answer to `away`."""
    try:
        if uri in away:
            return False
        with using(uri, EXPERIMENT):
            require_answer(uri)
            send()
    except Exception:  # noqa: BLE001 - MLflow and its drivers raise errors of many libraries; all mean: later
        away.add(uri)
        return False
    return True


def finish(box: Outbox) -> None:
    """Sends all of an outbox. Ends its run as KILLED if its process did not end it. Deletes the outbox."""
    target = deliver(box)
    if target.client.get_run(target.run_id).info.status == "RUNNING":
        target.client.set_terminated(target.run_id, "KILLED")
    settle(box)


def settle(box: Outbox) -> None:
    """Deletes an outbox of which MLflow has everything."""
    if box.state.models and box.operations():  # others were named by their ids
        _store_models(box)
    box.delete()


def _create_run(client: Any, box: Outbox) -> str:
    """Returns the id of the run, which it creates unless an earlier try did: the reply to that may have been lost."""
    run, state = box.run, box.state
    if state.tried:
        known = client.search_runs([state.experiment_id], f"tags.`{OUTBOX_TAG}` = '{box.folder.name}'", max_results=1)
        if known:
            return str(known[0].info.run_id)
    state.tried = True
    box.save()
    tags = run["tags"] | {OUTBOX_TAG: box.folder.name}
    if pipeline := run.get("pipeline"):
        tags[PARENT_TAG] = ensure_parent(box.work, pipeline, client, state.experiment_id)
    return str(client.create_run(state.experiment_id, run["time"], tags, run["name"]).info.run_id)


def _models(box: Outbox) -> dict[str, str]:
    """Returns the ids of models of other runs that were logged after these ended."""
    try:
        return dict(json.loads(box.models.read_text(encoding="utf-8")))
    except (OSError, ValueError):
        return {}


def _store_models(box: Outbox) -> None:
    with FileLock(box.models.with_suffix(".lock")):
        known = _models(box) | box.state.models
        new = box.models.with_suffix(".new")
        new.write_text(json.dumps(known), encoding="utf-8")
        new.replace(box.models)
