"""Reads MLflow's store: the experiment and the registered questioners, which it downloads as folders."""

import re
import shutil
from pathlib import Path

from blindspot.errors import BlindspotError
from blindspot.recording.experiment import EXPERIMENT
from blindspot.recording.server import require_answer, using
from blindspot.tracking import store_uri

SCHEME = "models:/"


def tracking_server() -> str | None:
    """Returns the address of the user's own MLflow server; None where MLFLOW_TRACKING_URI names none."""
    uri = store_uri(Path())
    return uri.rstrip("/") if uri.startswith(("http://", "https://")) else None


def read_store(work: Path, name: str) -> tuple[str | None, bool]:
    """Returns the id of the experiment, None before the first run, and whether a questioner `name` is registered."""
    uri = store_uri(work)
    if uri.startswith("sqlite:///") and not Path(uri.removeprefix("sqlite:///")).exists():
        return None, False  # otherwise MLflow would create the database
    with using(uri, EXPERIMENT):
        from mlflow import MlflowClient
        from mlflow.exceptions import MlflowException

        try:
            require_answer(uri)
            store = MlflowClient(uri, uri)
            experiment = store.get_experiment_by_name(EXPERIMENT)
            registered = bool(store.search_registered_models(f"name = '{name}'"))
        except (MlflowException, OSError):  # no answer, or a database of another version: link to the first page
            return None, False
    return (experiment.experiment_id if experiment else None), registered


def is_registered(start: str) -> bool:
    """Whether `start` names a registered version (models:/name/3) or alias (models:/name@best, models:/name/best)."""
    return start.startswith(SCHEME)


def download(uri: str, folder: Path, work: Path) -> Path:
    """Downloads weights into `folder`/name-version. Raises BlindspotError where the version does not exist."""
    match = re.fullmatch(r"models:/([^/@]+)[/@]([^/@]+)", uri)
    if not match:
        raise BlindspotError(f"{uri} is not a registered version", "write models:/name/3 or models:/name@alias")
    name, which = match.groups()
    store = store_uri(work)
    try:
        with using(store, EXPERIMENT):
            require_answer(store)
            new, target = _download(name, which, folder)
    except ConnectionError as error:
        raise BlindspotError(
            f"MLflow at {store} does not answer ({error})", "start it, or unset MLFLOW_TRACKING_URI"
        ) from None
    except LookupError as error:
        raise BlindspotError(f"{uri} is not in MLflow's registry ({error})", "see `make ui`, MLflow, Models") from None
    configs = sorted(new.rglob("config.json"), key=lambda path: len(path.parts))
    if not configs:
        raise BlindspotError(f"{uri} contains no model folder", "name a version that training registered")
    configs[0].parent.rename(target)
    shutil.rmtree(new, ignore_errors=True)
    return target


def _download(name: str, which: str, folder: Path) -> tuple[Path, Path]:
    """Returns the folder with the files of a version, and the folder that is to hold its weights."""
    import mlflow
    from mlflow.exceptions import MlflowException

    try:
        client = mlflow.MlflowClient()
        version = which if which.isdigit() else str(client.get_model_version_by_alias(name, which).version)
        target = folder / f"{name}-{version}"
        new = folder / f".{target.name}.new"
        new.mkdir(parents=True)
        mlflow.artifacts.download_artifacts(f"models:/{name}/{version}", dst_path=str(new))
    except MlflowException as error:
        raise LookupError(error.message) from None
    return new, target
