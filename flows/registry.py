"""Fetches a registered questioner from MLflow, as a folder whose content no longer changes."""

import re
import shutil
from pathlib import Path

from blindspot.errors import BlindspotError
from blindspot.tracking import store_uri

SCHEME = "models:/"


def is_registered(start: str) -> bool:
    """Whether this names a registered version (models:/name/3) or alias (models:/name@best, models:/name/best)."""
    return start.startswith(SCHEME)


def download(uri: str, folder: Path, work: Path) -> Path:
    """Fetches weights into `folder`/name-version. Raises BlindspotError where there is no such version."""
    match = re.fullmatch(r"models:/([^/@]+)[/@]([^/@]+)", uri)
    if not match:
        raise BlindspotError(f"{uri} names no registered version", "write models:/name/3 or models:/name@alias")
    import mlflow
    from mlflow.exceptions import MlflowException

    name, which = match.groups()
    mlflow.set_tracking_uri(store_uri(work))
    client = mlflow.MlflowClient()
    try:
        version = which if which.isdigit() else str(client.get_model_version_by_alias(name, which).version)
        made = folder / f"{name}-{version}"
        beside = folder / f".{made.name}.new"
        beside.mkdir(parents=True)
        mlflow.artifacts.download_artifacts(f"models:/{name}/{version}", dst_path=str(beside))
    except MlflowException as error:
        raise BlindspotError(f"{uri} is not in MLflow's registry ({error.message})", "see `make ui`, Models") from None
    configs = sorted(beside.rglob("config.json"), key=lambda path: len(path.parts))
    if not configs:
        raise BlindspotError(f"{uri} holds no model folder", "name a version that training registered")
    configs[0].parent.rename(made)
    shutil.rmtree(beside, ignore_errors=True)
    return made
