"""Sends the records of a run to MLflow: at once, or later what MLflow missed."""

import json
import sys
from pathlib import Path
from typing import Any

from filelock import FileLock

from blindspot.recording.local_store import create_database, local_uri
from blindspot.recording.operations import Operation, Target, execute
from blindspot.recording.outbox import Outbox, abandoned
from blindspot.recording.server import require_answer, using

EXPERIMENT = "blindspot"
OUTBOX_TAG = "blindspot.outbox"
TRAINING_VIEW = {"mlflow.experimentKind": "custom_model_development"}  # MLflow then shows runs and models first
TRIES = 3  # of an operation that MLflow refuses although it answers
#: What MLflow answers to a request that no repetition makes right.
REFUSALS = ("INVALID_PARAMETER_VALUE", "BAD_REQUEST", "RESOURCE_DOES_NOT_EXIST", "NOT_FOUND", "INVALID_STATE")


def warn(text: str) -> None:
    """Prints a warning."""
    print(f"warning: {' '.join(text.split())}", file=sys.stderr, flush=True)


def is_refusal(error: Exception) -> bool:
    """Returns whether an error is of one operation, and not of MLflow as a whole."""
    if isinstance(error, json.JSONDecodeError):  # a gateway's page in place of MLflow's reply
        return False
    return getattr(error, "error_code", None) in REFUSALS or isinstance(
        error, (FileNotFoundError, TypeError, ValueError)
    )


def start(box: Outbox) -> Target:
    """Returns where the operations of the outbox go; creates the run in MLflow if it has none. Raises any error."""
    from mlflow import MlflowClient

    run, state = box.run, box.state
    if run["uri"] == local_uri(box.work):
        create_database(box.work)
    client = MlflowClient(run["uri"], run["uri"])
    if not state.run_id:
        state.experiment_id = _experiment(client, run["artifacts"])
        state.run_id = _create_run(client, box)
        box.save()
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


def short(error: BaseException) -> str:
    """Returns an error in a few words."""
    return " ".join(str(error).split())[:200] or type(error).__name__


def send_missed(work: Path) -> int:
    """Sends what MLflow missed of runs whose process ended, and ends the runs of killed processes as KILLED.

    Returns how many runs are still to be sent. A store that does not answer is asked once.
    """
    away, left = set[str](), 0
    for box in abandoned(work):
        uri = box.run["uri"]
        try:
            if uri in away:
                raise ConnectionError(uri)
            with using(uri, EXPERIMENT):
                require_answer(uri)
                finish(box)
        except Exception:  # noqa: BLE001 - MLflow and its drivers raise errors of many libraries; all mean: later
            away.add(uri)
            left += 1
    return left


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


def _experiment(client: Any, artifacts: str | None) -> str:
    """Returns the id of the experiment, which it creates, or restores if a user deleted it."""
    from mlflow.exceptions import MlflowException

    found = client.get_experiment_by_name(EXPERIMENT)
    if found is None:
        try:
            return str(client.create_experiment(EXPERIMENT, artifacts, TRAINING_VIEW))
        except MlflowException:  # another run has created it
            found = client.get_experiment_by_name(EXPERIMENT)
            if found is None:
                raise
    if found.lifecycle_stage == "deleted":
        client.restore_experiment(found.experiment_id)
    return str(found.experiment_id)


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
