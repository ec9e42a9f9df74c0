"""The experiment of MLflow that all runs belong to."""

from pathlib import Path
from typing import Any

from blindspot.recording.local_store import create_database, local_uri

EXPERIMENT = "blindspot"
TRAINING_VIEW = {"mlflow.experimentKind": "custom_model_development"}  # MLflow then shows runs and models first


def open_client(work: Path, uri: str) -> Any:
    """Returns MLflow's client of a store. Creates the database of the work folder if it is that, and missing."""
    from mlflow import MlflowClient

    if uri == local_uri(work):
        create_database(work)
    return MlflowClient(uri, uri)


def experiment_id(client: Any, artifacts: str | None) -> str:
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
