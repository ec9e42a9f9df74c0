"""Records a stage's execution in MLflow. It can't alter an output, so no stage depends on it in dvc.yaml."""

import hashlib
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from filelock import FileLock

from blindspot.replies import clean
from blindspot.store import is_main_process

EXPERIMENT = "blindspot"
GROUP_TAG = "blindspot.group"
TRAINING_VIEW = {"mlflow.experimentKind": "custom_model_development"}  # MLflow's pages open with runs and models
REGISTERED = "blindspot-questioner"
RATE_TAG = "validation_failure_rate"


def store_uri(work: Path) -> str:
    """MLflow's tracking URI: MLFLOW_TRACKING_URI, else a database under the work folder."""
    return os.environ.get("MLFLOW_TRACKING_URI") or f"sqlite:///{work}/mlflow/mlflow.db"


def group() -> str:
    """What groups the stages of one pipeline run: BLINDSPOT_GROUP, else a hash of params.yaml."""
    return os.environ.get("BLINDSPOT_GROUP") or hashlib.sha256(Path("params.yaml").read_bytes()).hexdigest()[:12]


@contextmanager
def stage_run(stage: str, work: Path, params: dict[str, Any]) -> Iterator[Any]:
    """An MLflow run for one stage execution: FINISHED or FAILED as the block ends. Yields the mlflow module.

    Of several ranks the first alone logs; the others get None.
    """
    if not is_main_process():
        yield None
        return
    os.environ.setdefault("MLFLOW_LOGGING_LEVEL", "WARNING")  # read at import
    import mlflow

    (work / "mlflow").mkdir(parents=True, exist_ok=True)
    artifacts = _artifacts(work)  # before the URI is set, which MLflow does by way of the environment
    mlflow.set_tracking_uri(store_uri(work))
    with FileLock(work / "mlflow" / "store.lock"):  # of two that begin at once to make a new database one would fail
        if mlflow.get_experiment_by_name(EXPERIMENT) is None:
            with suppress(mlflow.exceptions.MlflowException):  # on a server: a run elsewhere was first
                mlflow.create_experiment(EXPERIMENT, artifact_location=artifacts, tags=TRAINING_VIEW)
        mlflow.set_experiment(EXPERIMENT)
    with mlflow.start_run(run_name=stage, tags={GROUP_TAG: group(), "blindspot.stage": stage}):
        mlflow.log_params(flatten(params))
        yield mlflow


def flatten(values: dict[str, Any], prefix: str = "") -> dict[str, Any]:
    """Nested params with dotted names, as MLflow shows them."""
    flat: dict[str, Any] = {}
    for key, value in values.items():
        flat |= flatten(value, f"{prefix}{key}.") if isinstance(value, dict) else {f"{prefix}{key}": value}
    return flat


def _artifacts(work: Path) -> str | None:
    """Beside the local database; a tracking server decides for itself."""
    return None if os.environ.get("MLFLOW_TRACKING_URI") else (work / "mlflow" / "artifacts").as_uri()


def log_checkpoint(
    mlflow: Any, step: int, files: Sequence[Path], rates: dict[str, float | int | None], samples: dict[str, list[Any]]
) -> str:
    """One questioner checkpoint as a logged model with its own metrics, and sample questions with their images.

    `samples` has a list a column; "image" holds paths. Returns the logged model's id.
    """
    from mlflow.entities import LoggedModelStatus

    client = mlflow.MlflowClient()
    model = mlflow.initialize_logged_model(name=f"questioner-{step:05d}", model_type="questioner")
    for file in files:
        client.log_model_artifact(model.model_id, str(file))
    known = {key: float(value) for key, value in rates.items() if value is not None}
    mlflow.log_metrics(known, step=step, model_id=model.model_id)
    mlflow.log_metrics({f"validation/{key}": value for key, value in known.items()}, step=step)
    client.finalize_logged_model(model.model_id, LoggedModelStatus.READY)
    log_samples(mlflow, samples | {"step": [step] * len(samples["image"])}, "sample_questions.json")
    return str(model.model_id)


def log_model(mlflow: Any, files: Sequence[Path]) -> str:
    """A whole questioner, whose checkpoints hold adapters alone. Returns the logged model's id."""
    from mlflow.entities import LoggedModelStatus

    client = mlflow.MlflowClient()
    model = mlflow.initialize_logged_model(name="questioner-merged", model_type="questioner")
    for file in files:
        client.log_model_artifact(model.model_id, str(file))
    client.finalize_logged_model(model.model_id, LoggedModelStatus.READY)
    return str(model.model_id)


def log_samples(mlflow: Any, samples: dict[str, list[Any]], name: str) -> None:
    """A table with a picture a row; `samples["image"]` holds paths. Rows of later calls are added."""
    texts = {
        column: [clean(value) if isinstance(value, str) else value for value in values]
        for column, values in samples.items()
    }
    mlflow.log_table(texts | {"image": [mlflow.Image(path) for path in samples["image"]]}, name)


def register(mlflow: Any, model_id: str, failure_rate: float) -> None:
    """The logged model as a new version of REGISTERED.

    The alias "best" moves to it when its validation failure_rate is above that of the version it names.
    """
    client = mlflow.MlflowClient()
    version = mlflow.register_model(f"models:/{model_id}", REGISTERED, tags={RATE_TAG: str(failure_rate)})
    best = client.get_registered_model(REGISTERED).aliases.get("best")
    if best is None or float(client.get_model_version(REGISTERED, best).tags.get(RATE_TAG, 0)) < failure_rate:
        client.set_registered_model_alias(REGISTERED, "best", version.version)
