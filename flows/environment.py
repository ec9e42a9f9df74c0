"""The environment variables of the flows and of all processes that they start. Set before Prefect is imported."""

import os
import sys
from pathlib import Path

from blindspot.store import work_folder
from blindspot.telemetry import disable_telemetry

WORK = "BLINDSPOT_WORK"


def apply() -> Path:
    """Sets the environment of this process and of its children. Returns the absolute path of the work folder."""
    work = work_folder()
    disable_telemetry()
    os.environ[WORK] = str(work)
    # Settings of the user take precedence.
    os.environ.setdefault("PREFECT_HOME", str(work / "prefect"))
    os.environ.setdefault("PREFECT_LOGGING_LEVEL", "INFO")
    Path(os.environ["PREFECT_HOME"]).mkdir(parents=True, exist_ok=True)  # Prefect creates no parent folders
    # `python` in dvc.yaml must be this interpreter, also where its virtual environment is not activated.
    programs, path = str(Path(sys.executable).parent), os.environ.get("PATH", "")
    if path.split(os.pathsep)[0] != programs:
        os.environ["PATH"] = f"{programs}{os.pathsep}{path}"
    return work
