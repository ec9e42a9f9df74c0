"""The baseline of a gate: the MLflow run with the tag `blindspot.baseline`, which moves when a candidate passes."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from blindspot.diff.mlflow_runs import SCHEME
from blindspot.errors import BlindspotError
from blindspot.recording.delivery import EXPERIMENT, short
from blindspot.recording.server import require_answer, using
from blindspot.store import work_folder
from blindspot.tracking import store_uri

TAG = "blindspot.baseline"
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")


def check_name(name: str) -> None:
    """Raises BlindspotError if a gate cannot have this name, which is part of a query."""
    if not NAME.fullmatch(name):
        raise BlindspotError(f"{name!r} is no name of a gate", "use letters, digits, '.', '-' and '_', 100 at most")


def find_baseline(name: str) -> str | None:
    """Returns the baseline of the gate `name` as runs:/ID; None before the first candidate passed.

    Raises BlindspotError if MLflow does not answer.
    """
    with _client() as client:
        runs = _tagged(client, name)
        return f"{SCHEME}{runs[0].info.run_id}" if runs else None


def keep_newest(name: str) -> None:
    """Removes the tag from every run of the gate `name` but the newest. Raises BlindspotError as `find_baseline`."""
    with _client() as client:
        for run in _tagged(client, name)[1:]:
            client.delete_tag(run.info.run_id, TAG)


def _tagged(client: Any, name: str) -> list[Any]:
    """Returns the runs with the tag, the newest first."""
    experiment = client.get_experiment_by_name(EXPERIMENT)
    if experiment is None:
        return []
    query = f"tags.`{TAG}` = '{name}'"
    return list(client.search_runs([experiment.experiment_id], query, order_by=["attributes.start_time DESC"]))


@contextmanager
def _client() -> Iterator[Any]:
    """Yields MLflow's client. Its errors become BlindspotError."""
    uri = store_uri(work_folder())
    with using(uri, EXPERIMENT):
        from mlflow import MlflowClient
        from mlflow.exceptions import MlflowException

        try:
            require_answer(uri)
            yield MlflowClient()
        except (MlflowException, OSError) as error:
            problem = f"the baseline cannot be read from MLflow at {uri} ({short(error)})"
            raise BlindspotError(problem, "start MLflow, or name a folder with --baseline") from None
