"""Asks whether MLflow's tracking server answers, within seconds."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

from blindspot.network import reach_loopback_directly

SECONDS = 5
#: MLflow's own limits add up to minutes without a message. Limits of the user take precedence.
LIMITS = {"MLFLOW_HTTP_REQUEST_MAX_RETRIES": "1", "MLFLOW_HTTP_REQUEST_TIMEOUT": "30"}
QUIET = {"MLFLOW_LOGGING_LEVEL": "WARNING", "MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR": "false"}  # read at import
PREFIX = "MLFLOW_"


def is_server(uri: str) -> bool:
    """Returns whether the tracking URI names a server, not a database or a folder."""
    return uri.startswith(("http://", "https://"))


def require_answer(uri: str) -> None:
    """Raises ConnectionError if `uri` names a server that does not answer within SECONDS. Any reply is an answer."""
    if not is_server(uri):
        return
    from mlflow.exceptions import MlflowException
    from mlflow.utils.credentials import get_default_host_creds
    from mlflow.utils.rest_utils import http_request

    try:
        http_request(
            get_default_host_creds(uri), "/health", "GET", max_retries=0, timeout=SECONDS, raise_on_status=False
        )
    except MlflowException as error:
        raise ConnectionError(_reason(error)) from error


def _reason(error: BaseException) -> str:
    """Returns the innermost cause, in a few words."""
    while inner := error.__cause__ or error.__context__:
        error = inner
    text = " ".join(str(error).split())
    return text.rpartition(">: ")[2][:200] or type(error).__name__


@contextmanager
def using(uri: str, experiment: str) -> Iterator[None]:
    """Makes the module mlflow use a store within the block, and restores its variables of the environment."""
    before = {name: value for name, value in os.environ.items() if name.startswith(PREFIX)}
    for name, value in (LIMITS | QUIET).items():
        os.environ.setdefault(name, value)
    reach_loopback_directly()
    import mlflow

    try:
        mlflow.set_tracking_uri(uri)
        os.environ["MLFLOW_EXPERIMENT_NAME"] = experiment
        yield
    finally:
        mlflow.set_tracking_uri(before.get("MLFLOW_TRACKING_URI", ""))
        for name in [name for name in os.environ if name.startswith(PREFIX)]:
            del os.environ[name]
        os.environ.update(before)
