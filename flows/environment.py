"""The environment of the flows and of all they start, in one place: set before Prefect is imported."""

import os
import sys
from pathlib import Path

from blindspot.store import work_folder
from blindspot.telemetry import disable_telemetry

WORK = "BLINDSPOT_WORK"


def apply() -> Path:
    """Sets the environment of this process and of its children. Returns the work folder, absolute."""
    work = work_folder()
    disable_telemetry()
    os.environ[WORK] = str(work)
    # What the user has set is kept.
    os.environ.setdefault("PREFECT_HOME", str(work / "prefect"))
    os.environ.setdefault("PREFECT_LOGGING_LEVEL", "INFO")
    Path(os.environ["PREFECT_HOME"]).mkdir(parents=True, exist_ok=True)  # Prefect makes the last folder alone
    # dvc.yaml says `python`: that of this interpreter, whether its environment is activated or not.
    programs, path = str(Path(sys.executable).parent), os.environ.get("PATH", "")
    if path.split(os.pathsep)[0] != programs:
        os.environ["PATH"] = f"{programs}{os.pathsep}{path}"
    return work
