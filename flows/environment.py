"""The environment variables of the flows and of all processes that they start. Set before Prefect is imported."""

import os
import shutil
import sys
from pathlib import Path

from blindspot.errors import BlindspotError
from blindspot.network import reach_loopback_directly, require_certificates
from blindspot.store import work_folder
from blindspot.telemetry import disable_telemetry
from flows.heartbeat import FREQUENCY

WORK = "BLINDSPOT_WORK"
LEAST_SPACE = 8 << 20  # bytes


def apply() -> Path:
    """Sets the environment of this process and of its children. Returns the absolute path of the work folder.

    Raises BlindspotError if a variable names certificates that are missing, or if the disk is full.
    """
    work = work_folder()
    if (free := shutil.disk_usage(work).free) < LEAST_SPACE:
        raise BlindspotError(
            f"{work} has {free >> 10} KB free, too little for the databases of Prefect and MLflow",
            "free some space, or set BLINDSPOT_WORK to a folder on another disk",
        )
    disable_telemetry()
    reach_loopback_directly()
    require_certificates()
    os.environ[WORK] = str(work)
    # Settings of the user take precedence.
    os.environ.setdefault("PREFECT_HOME", str(work / "prefect"))
    os.environ.setdefault("PREFECT_LOGGING_LEVEL", "INFO")
    os.environ.setdefault("PREFECT_FLOWS_HEARTBEAT_FREQUENCY", str(FREQUENCY))
    Path(os.environ["PREFECT_HOME"]).mkdir(parents=True, exist_ok=True)  # Prefect creates no parent folders
    # `python` in dvc.yaml must be this interpreter, also where its virtual environment is not activated.
    programs, path = str(Path(sys.executable).parent), os.environ.get("PATH", "")
    if path.split(os.pathsep)[0] != programs:
        os.environ["PATH"] = f"{programs}{os.pathsep}{path}"
    return work
