"""What can be recorded about a run, as plain data: it is sent to MLflow, or kept on disk to be sent later."""

import json
import math
import posixpath
import re
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

Operation = dict[str, Any]

PER_REQUEST = 100  # parameters and tags that MLflow takes in one request; of metrics 1,000
LONGEST_NAME, LONGEST_VALUE = 250, 6000
RATE_TAG, DATA_TAG = "validation_failure_rate", "blindspot.data"
REGISTERED = "blindspot-questioner"  # followed by the name of the candidate
INFINITE_TAG = "blindspot.infinite"


@dataclass
class Target:
    """Where operations go: MLflow's client, the run, and the ids of the models that were logged, by reference."""

    client: Any
    experiment_id: str
    run_id: str
    models: dict[str, str] = field(default_factory=dict)
    save: Callable[[], None] = lambda: None  # stores `models`


def execute(operation: Operation, target: Target) -> None:
    """Sends one operation to MLflow. Raises MLflow's errors.

    With `again` in it, an earlier try may have succeeded, at least in part: nothing is then stored twice.
    """
    EXECUTORS[operation["kind"]](operation, target)


def registered_name(candidate: str) -> str:
    """Returns the name under which the questioners of a candidate are registered."""
    return f"{REGISTERED}-{re.sub(r'[^A-Za-z0-9_.-]+', '-', candidate)}"[:LONGEST_NAME]


def name_of(text: str) -> str:
    """Returns a name that MLflow takes for a metric or a parameter."""
    allowed = re.sub(r"[^\w.\- :/]", "_", text)
    parts = [part for part in posixpath.normpath(allowed or "_").split("/") if part not in ("", ".", "..")]
    return "/".join(parts)[:LONGEST_NAME].rstrip("/") or "_"


def named(values: Mapping[str, Any]) -> dict[str, Any]:
    """Returns the values under names that MLflow takes. Names that would become equal are numbered."""
    found: dict[str, Any] = {}
    for key, value in values.items():
        name, number = name_of(str(key)), 2
        while name in found:
            name, number = f"{name_of(str(key))[: LONGEST_NAME - 5]}_{number}", number + 1
        found[name] = value
    return found


def _log_params(operation: Operation, target: Target) -> None:
    from mlflow.entities import Param

    params = [Param(key, str(value)[:LONGEST_VALUE]) for key, value in named(operation["values"]).items()]
    for first in range(0, len(params), PER_REQUEST):
        target.client.log_batch(target.run_id, params=params[first : first + PER_REQUEST])


def _log_metrics(operation: Operation, target: Target) -> None:
    """MLflow stores infinity as the largest number, so a tag names infinite metrics instead."""
    from mlflow.entities import Metric, RunTag

    model = _model_id(operation["model"], target) if operation["model"] else None
    values = {key: float(value) for key, value in named(operation["values"]).items()}
    infinite = {key: value for key, value in values.items() if math.isinf(value)}
    metrics = [
        Metric(key, value, operation["time"], operation["step"], model_id=model)
        for key, value in values.items()
        if key not in infinite
    ]
    for first in range(0, len(metrics), PER_REQUEST):
        target.client.log_batch(target.run_id, metrics=metrics[first : first + PER_REQUEST])
    if infinite:
        text = ", ".join(f"{key}: {value}" for key, value in infinite.items())
        target.client.log_batch(target.run_id, tags=[RunTag(INFINITE_TAG, text[:LONGEST_VALUE])])


def _log_tags(operation: Operation, target: Target) -> None:
    for key, value in operation["values"].items():
        target.client.set_tag(target.run_id, key, value)


def _log_artifact(operation: Operation, target: Target) -> None:
    log = target.client.log_artifacts if Path(operation["file"]).is_dir() else target.client.log_artifact
    log(target.run_id, operation["file"], operation["folder"])


def _log_table(operation: Operation, target: Target) -> None:
    import mlflow

    table = dict(operation["table"])
    if operation.get("again") and _rows(operation["name"], target) > operation["at"]:
        table = {column: [] for column in table}  # MLflow still has to list the table
    for column in operation["images"]:
        table[column] = [mlflow.Image(path) if isinstance(path, str) else path for path in table[column]]
    target.client.log_table(target.run_id, table, operation["name"])


def _rows(name: str, target: Target) -> int:
    """Returns the number of rows of a table in MLflow; 0 if there is none."""
    files = target.client.list_artifacts(target.run_id, posixpath.dirname(name) or None)
    if name not in [file.path for file in files]:
        return 0
    with tempfile.TemporaryDirectory() as folder:
        path = target.client.download_artifacts(target.run_id, name, folder)
        return len(json.loads(Path(path).read_text(encoding="utf-8"))["data"])


def _log_model(operation: Operation, target: Target) -> None:
    from mlflow.entities import LoggedModelStatus

    reference = operation["reference"]
    if reference not in target.models:  # an interrupted upload goes on in the same model
        model = (_unfinished_model(operation["name"], target) if operation.get("again") else None) or (
            target.client.create_logged_model(
                target.experiment_id, operation["name"], target.run_id, model_type=operation["type"]
            )
        )
        target.models[reference] = str(model.model_id)
        target.save()
    model_id = target.models[reference]
    for file in operation["files"]:
        target.client.log_model_artifact(model_id, file)
    target.client.finalize_logged_model(model_id, LoggedModelStatus.READY)


def _unfinished_model(name: str, target: Target) -> Any:
    """Returns a model of the run whose creation succeeded although the reply was lost; None if there is none."""
    from mlflow.entities import LoggedModelStatus

    models = target.client.search_logged_models([target.experiment_id], f"source_run_id = '{target.run_id}'")
    found = [one for one in models if one.name == name and one.status == LoggedModelStatus.PENDING]
    return found[0] if found else None


def _register(operation: Operation, target: Target) -> None:
    """Registers a logged model. The alias "best" moves to it if its failure_rate exceeds that of the best version.

    It also moves if the best version was measured on other images.
    """
    from mlflow.exceptions import MlflowException

    name = operation.get("name", REGISTERED)
    client, model_id, rate = target.client, _model_id(operation["model"], target), operation["rate"]
    try:
        client.create_registered_model(name)
    except MlflowException as error:
        if error.error_code not in ("RESOURCE_ALREADY_EXISTS", "ALREADY_EXISTS"):
            raise
    source = f"models:/{model_id}"
    known = [one for one in client.search_model_versions(f"name = '{name}'") if one.source == source]
    version = known[0] if known else client.create_model_version(
        name, source, tags={RATE_TAG: str(rate), DATA_TAG: operation.get("data", "")}, model_id=model_id
    )  # fmt: skip
    best = client.get_registered_model(name).aliases.get("best")
    tags = client.get_model_version(name, best).tags if best else {}
    comparable = tags.get(DATA_TAG, "") == operation.get("data", "")  # rates on other images say nothing
    if not comparable or best is None or float(tags.get(RATE_TAG, 0)) < rate:
        client.set_registered_model_alias(name, "best", version.version)


def _end(operation: Operation, target: Target) -> None:
    target.client.set_terminated(target.run_id, operation["status"], operation["time"])


def _model_id(reference: str, target: Target) -> str:
    """Returns the id of a logged model; a model that is not in `target.models` was named by its id."""
    return target.models.get(reference, reference)


EXECUTORS: dict[str, Callable[[Operation, Target], None]] = {
    "params": _log_params,
    "metrics": _log_metrics,
    "tags": _log_tags,
    "artifact": _log_artifact,
    "table": _log_table,
    "model": _log_model,
    "register": _register,
    "end": _end,
}
