"""Records an analysis in MLflow."""

import os
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from blindspot.analysis.analyze import Analysis
from blindspot.analysis.write import INDEX, folder_names
from blindspot.paths import FAILURE_MODES
from blindspot.store import work_folder
from blindspot.telemetry import disable_telemetry
from blindspot.tracking import stage_run


def record(analysis: Analysis, folder: Path, options: Mapping[str, Any]) -> bool:
    """Records each model as a run of the stage "analyze", and returns whether there is a store to record in.

    Stores: the server that MLFLOW_TRACKING_URI names, else that of the checkout in which the process runs. `folder`:
    that the analysis was written into. `options`: of the command.
    """
    checkout = Path("dvc.yaml").is_file() and Path("params.yaml").is_file()
    if not checkout and not os.environ.get("MLFLOW_TRACKING_URI"):
        return False
    disable_telemetry()
    names = folder_names(model.model for model in analysis.models)
    with tempfile.TemporaryDirectory() as temporary:
        for model in analysis.models:
            own = folder / names[model.model] if len(analysis.models) > 1 else folder
            params = {"model": model.model, "threshold": model.threshold, "min_asked": model.min_asked, **options}
            with stage_run("analyze", work_folder() if checkout else Path(temporary), params) as mlflow:
                scored = model.scored
                mlflow.log_metrics(
                    {
                        "asked": len(model.rows),
                        "scored": len(scored),
                        "failure_modes": len(model.modes),
                        "confirmed": len(model.confirmed),
                        **({"error_rate": float((scored["outcome"] == "failure").mean())} if len(scored) else {}),
                    }
                )
                mlflow.log_artifact(str(own / FAILURE_MODES), "taxonomy")
                mlflow.log_artifacts(str(own / INDEX.parent), "report")
    return True
