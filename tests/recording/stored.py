"""Reads everything that MLflow has of each stage, in a form in which two executions can be compared."""

import hashlib
import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.project import experiment_id

#: Metrics that measure time: their values differ between executions.
TIMES = tuple(
    f"trl/{name}" for name in ("step_time", "train_runtime", "train_samples_per_second", "train_steps_per_second")
)
TIME_IN_NAME = re.compile(r"\d{8}T\d{6}\.\d+Z")
IMAGE = "filepath"


@dataclass(frozen=True)
class Stored:
    """What MLflow has of one run. `start` and `end` are in seconds; everything else is the same for each execution."""

    start: float
    end: float
    content: dict[str, Any]


def read_stored(folder: Path, project: Path) -> dict[str, list[Stored]]:
    """Returns the runs of each stage in the store of a server, which tests/recording/served.py started in `folder`."""
    from mlflow import MlflowClient

    client = MlflowClient(f"sqlite:///{folder}/db", f"sqlite:///{folder}/db")
    experiment = experiment_id(client)
    found: dict[str, list[Stored]] = {}
    runs = client.search_runs([experiment])
    parents = {run.info.run_id for run in runs if is_parent(run)}
    for run in (one for one in runs if not is_parent(one)):
        files = _files(folder / experiment / run.info.run_id / "artifacts")
        models = client.search_logged_models([experiment], f"source_run_id = '{run.info.run_id}'")
        content = {
            "status": run.info.status,
            "params": {key: _without_folder(value, project) for key, value in run.data.params.items()},
            "metrics": {key: _history(client, run.info.run_id, key) for key in run.data.metrics},
            "tags": {"blindspot.stage": run.data.tags.get("blindspot.stage")},
            "is_child": run.data.tags.get("mlflow.parentRunId") in parents,
            "tables": run.data.tags.get("mlflow.loggedArtifacts"),
            "files": files,
            "models": sorted((_model(folder / experiment, model) for model in models), key=str),
            "versions": _versions(client, run.info.run_id),
        }
        one = Stored(run.info.start_time / 1000, (run.info.end_time or 0) / 1000, content)
        found.setdefault(run.info.run_name, []).append(one)
    return found


def is_parent(run: Any) -> bool:
    """Returns whether a run in MLflow is one of a whole pipeline run."""
    return "blindspot.kind" in run.data.tags


def _without_folder(value: str, project: Path) -> str:
    """Returns a parameter without the folder of the project, and without the name of a folder that depends on it."""
    return re.sub(r"(\.work/train/)\w+", r"\1key", value.replace(str(project), "project"))


def _history(client: Any, run_id: str, key: str) -> list[tuple[int, float | None]]:
    metrics = client.get_metric_history(run_id, key)
    return sorted((one.step, None if key in TIMES else one.value) for one in metrics)


def _model(folder: Path, model: Any) -> dict[str, Any]:
    return {
        "name": model.name,
        "status": model.status.value,
        "metrics": sorted({(one.key, one.step, one.value) for one in model.metrics or ()}),
        "files": _files(folder / "models" / model.model_id / "artifacts"),
    }


def _versions(client: Any, run_id: str) -> list[dict[str, Any]]:
    """Returns the registered versions of a run's models, with the name of the model that each was made from."""
    found = []
    for one in client.search_model_versions(f"run_id = '{run_id}'"):
        model = client.get_logged_model(one.source.removeprefix("models:/"))
        aliases = client.get_registered_model(one.name).aliases
        best = [alias for alias, version in aliases.items() if version == one.version]
        found.append({"name": one.name, "model": model.name, "tags": one.tags, "aliases": best, "status": one.status})
    return found


def _files(folder: Path) -> dict[str, Any]:
    """Returns the hash of each artifact.

    A table is returned by its rows, with the hashes of its pictures in place of their random names. The pages of Great
    Expectations have times in them and in their names, so only their names are compared, without the times.
    """
    found: dict[str, Any] = {}
    for path in folder.rglob("*"):
        name = path.relative_to(folder).as_posix()
        if path.is_dir() or name.startswith("table_images/"):
            continue
        if name.startswith("data_docs/"):
            found[TIME_IN_NAME.sub("time", name)] = None
        else:
            found[name] = _table(path, folder) if path.suffix == ".json" else _hash(path)
    return found


def _table(path: Path, folder: Path) -> Any:
    value = json.loads(path.read_bytes())
    if not isinstance(value, dict) or value.keys() != {"columns", "data"}:
        return _hash(path)
    rows = [[_hash(folder / cell[IMAGE]) if _is_image(cell) else cell for cell in row] for row in value["data"]]
    return {"columns": value["columns"], "data": rows}


def _is_image(cell: Any) -> bool:
    return isinstance(cell, dict) and IMAGE in cell


def _hash(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
