"""Turns off the telemetry of all tools, whatever the user's settings are, and one irrelevant warning."""

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
    """Sets the environment variables of all tools. Call it before any of them is imported."""
    os.environ.update(QUIET)
    # TRL uses deprecated names of transformers, which warns dozens of times per training.
    warnings.filterwarnings("ignore", category=FutureWarning, module=r"transformers\.")
