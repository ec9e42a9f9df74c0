"""Records an analysis in MLflow."""

import os
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from blindspot.analysis.analyze import Analysis, ModelAnalysis
from blindspot.analysis.checkout import is_checkout
from blindspot.analysis.write import INDEX, folder_names
from blindspot.errors import BlindspotError
from blindspot.paths import FAILURE_MODES, VERDICTS
from blindspot.store import work_folder
from blindspot.telemetry import disable_telemetry
from blindspot.tracking import stage_run

LONGEST_REASON = 200
PREFIX = "MLFLOW_"


def record(analysis: Analysis, folder: Path, options: Mapping[str, Any]) -> bool:
    """Records each model as a run of the stage "analyze", and returns whether there is a store to record in.

    Stores: the server that MLFLOW_TRACKING_URI names, else that of the checkout in which the process runs. `folder`:
    that the analysis was written into. `options`: of the command. Raises BlindspotError if MLflow cannot record it.
    """
    checkout = is_checkout(Path.cwd())
    if not checkout and not os.environ.get("MLFLOW_TRACKING_URI"):
        return False
    disable_telemetry()
    with _environment():
        os.environ.setdefault("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "2")  # MLflow would wait for minutes
        _record_all(analysis, folder, options, checkout)
    return True


@contextmanager
def _environment() -> Iterator[None]:
    """Restores MLflow's variables of the environment, which MLflow itself changes too."""
    before = {name: value for name, value in os.environ.items() if name.startswith(PREFIX)}
    try:
        yield
    finally:
        for name in [name for name in os.environ if name.startswith(PREFIX)]:
            del os.environ[name]
        os.environ.update(before)


def _record_all(analysis: Analysis, folder: Path, options: Mapping[str, Any], checkout: bool) -> None:
    from mlflow.exceptions import MlflowException
    from sqlalchemy.exc import SQLAlchemyError

    names = folder_names(model.model for model in analysis.models)
    with tempfile.TemporaryDirectory() as temporary:
        work = work_folder() if checkout else Path(temporary)
        for model in analysis.models:
            own = folder / names[model.model] if len(analysis.models) > 1 else folder
            try:
                _record(model, own, work, options)
            except (MlflowException, SQLAlchemyError, OSError) as error:
                reason = " ".join(str(error).split())[:LONGEST_REASON]
                fix = "set MLFLOW_TRACKING_URI to a store that works, or unset it"
                raise BlindspotError(f"the analysis is not recorded in MLflow ({reason})", fix) from error


def _record(model: ModelAnalysis, own: Path, work: Path, options: Mapping[str, Any]) -> None:
    scored = model.scored
    params = {"model": model.model, "threshold": model.threshold, "min_asked": model.min_asked, **options}
    metrics = {
        "asked": len(model.rows),
        "scored": len(scored),
        "failure_modes": len(model.modes),
        "confirmed": len(model.confirmed),
        **({"error_rate": float((scored["outcome"] == "failure").mean())} if len(scored) else {}),
    }
    with stage_run("analyze", work, params, postpone=False) as mlflow:
        mlflow.log_metrics(metrics)
        mlflow.log_artifact(str(own / VERDICTS), VERDICTS.parent.name)
        mlflow.log_artifact(str(own / FAILURE_MODES), "taxonomy")
        mlflow.log_artifacts(str(own / INDEX.parent), "report")
