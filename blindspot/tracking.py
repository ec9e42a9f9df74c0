"""Records the execution of stages in MLflow. It never changes an output, so no stage in dvc.yaml depends on it."""

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
TRAINING_VIEW = {"mlflow.experimentKind": "custom_model_development"}  # MLflow then shows runs and models first
REGISTERED = "blindspot-questioner"
RATE_TAG = "validation_failure_rate"


def store_uri(work: Path) -> str:
    """Returns MLflow's tracking URI: MLFLOW_TRACKING_URI, else a database in the work folder."""
    return os.environ.get("MLFLOW_TRACKING_URI") or f"sqlite:///{work}/mlflow/mlflow.db"


def group() -> str:
    """Returns the tag that groups the stages of a pipeline run: BLINDSPOT_GROUP, else a hash of params.yaml.

    Empty outside of a checkout.
    """
    params = Path("params.yaml")
    hashed = hashlib.sha256(params.read_bytes()).hexdigest()[:12] if params.is_file() else ""
    return os.environ.get("BLINDSPOT_GROUP") or hashed


@contextmanager
def stage_run(stage: str, work: Path, params: dict[str, Any], prompts: Sequence[str] = ()) -> Iterator[Any]:
    """Opens an MLflow run for one execution of a stage and yields the mlflow module.

    `prompts`: the prompts files of the stage, which are logged as artifacts. The run ends as FINISHED, or as FAILED if
    the block raises. Only the first rank logs; other ranks get None.
    """
    if not is_main_process():
        yield None
        return
    os.environ.setdefault("MLFLOW_LOGGING_LEVEL", "WARNING")  # read at import
    import mlflow

    (work / "mlflow").mkdir(parents=True, exist_ok=True)
    artifacts = _artifacts(work)  # read before set_tracking_uri, which changes the environment
    mlflow.set_tracking_uri(store_uri(work))
    with FileLock(work / "mlflow" / "store.lock"):  # two processes cannot create the database at once
        if mlflow.get_experiment_by_name(EXPERIMENT) is None:
            with suppress(mlflow.exceptions.MlflowException):  # on a server, another run may have created it
                mlflow.create_experiment(EXPERIMENT, artifact_location=artifacts, tags=TRAINING_VIEW)
        mlflow.set_experiment(EXPERIMENT)
    with mlflow.start_run(run_name=stage, tags={GROUP_TAG: group(), "blindspot.stage": stage}):
        mlflow.log_params(flatten(params))
        for file in dict.fromkeys(prompts):
            mlflow.log_artifact(file, "prompts")
        yield mlflow


def flatten(values: dict[str, Any], prefix: str = "") -> dict[str, Any]:
    """Returns nested parameters with dotted names, as MLflow shows them."""
    flat: dict[str, Any] = {}
    for key, value in values.items():
        flat |= flatten(value, f"{prefix}{key}.") if isinstance(value, dict) else {f"{prefix}{key}": value}
    return flat


def _artifacts(work: Path) -> str | None:
    """Returns a folder beside the local database, or None for a tracking server, which has its own."""
    return None if os.environ.get("MLFLOW_TRACKING_URI") else (work / "mlflow" / "artifacts").as_uri()


def log_checkpoint(
    mlflow: Any, step: int, files: Sequence[Path], rates: dict[str, float | int | None], samples: dict[str, list[Any]]
) -> str:
    """Logs a checkpoint of the questioner as a model with metrics, and sample questions with their images.

    `samples`: a list for each column; those in "image" are paths. Returns the id of the logged model.
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
    """Logs a whole questioner whose checkpoints are adapters only. Returns the id of the logged model."""
    from mlflow.entities import LoggedModelStatus

    client = mlflow.MlflowClient()
    model = mlflow.initialize_logged_model(name="questioner-merged", model_type="questioner")
    for file in files:
        client.log_model_artifact(model.model_id, str(file))
    client.finalize_logged_model(model.model_id, LoggedModelStatus.READY)
    return str(model.model_id)


def log_samples(mlflow: Any, samples: dict[str, list[Any]], name: str) -> None:
    """Logs a table with an image in each row; `samples["image"]` has paths. Later calls append rows."""
    texts = {
        column: [clean(value) if isinstance(value, str) else value for value in values]
        for column, values in samples.items()
    }
    mlflow.log_table(texts | {"image": [mlflow.Image(path) for path in samples["image"]]}, name)


def register(mlflow: Any, model_id: str, failure_rate: float) -> None:
    """Registers a logged model as a new version of REGISTERED.

    The alias "best" moves to it if its validation failure_rate exceeds that of the present best version.
    """
    client = mlflow.MlflowClient()
    version = mlflow.register_model(f"models:/{model_id}", REGISTERED, tags={RATE_TAG: str(failure_rate)})
    best = client.get_registered_model(REGISTERED).aliases.get("best")
    if best is None or float(client.get_model_version(REGISTERED, best).tags.get(RATE_TAG, 0)) < failure_rate:
        client.set_registered_model_alias(REGISTERED, "best", version.version)
