"""No tool phones home, whatever the user's own settings are, and none talks of what only its makers can change."""

import os
import warnings

QUIET = {
    "DO_NOT_TRACK": "1",
    "DISABLE_TELEMETRY": "1",
    "DVC_NO_ANALYTICS": "1",
    "GX_ANALYTICS_ENABLED": "false",
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "MLFLOW_DISABLE_TELEMETRY": "true",
    "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
    "PREFECT_SERVER_UI_SHOW_PROMOTIONAL_CONTENT": "false",
}


def disable_telemetry() -> None:
    """Tells every tool, before any of them is imported."""
    os.environ.update(QUIET)
    # TRL calls transformers by names that are to go, dozens of times a training.
    warnings.filterwarnings("ignore", category=FutureWarning, module=r"transformers\.")
