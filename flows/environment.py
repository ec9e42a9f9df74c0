"""The environment of the flows and of all they start, in one place: set before Prefect is imported."""

import os
import socket
import sys
from pathlib import Path
from urllib.parse import urlsplit

from blindspot.quiet import silence

WORK = "BLINDSPOT_WORK"
API = "PREFECT_API_URL"
# `make ui` leaves its Prefect address here while it is up, so that runs started elsewhere show in it at once.
ADDRESS = Path("prefect") / "address"


def work_folder() -> Path:
    """Where runs, checkpoints and both tools' stores lie: BLINDSPOT_WORK, else .work here."""
    return Path(os.environ.get(WORK, ".work")).resolve()


def settings(work: Path) -> dict[str, str]:
    """What is set unless the user has set it: their own Prefect server, for one, is kept."""
    chosen = {
        "PREFECT_HOME": str(work / "prefect"),
        "PREFECT_LOGGING_LEVEL": "INFO",
    }
    address = _open_server(work)
    return chosen | ({API: address} if address else {})


def apply() -> Path:
    """Sets the environment of this process and of its children. Returns the work folder, absolute."""
    work = work_folder()
    silence()
    os.environ[WORK] = str(work)
    for name, value in settings(work).items():
        os.environ.setdefault(name, value)
    Path(os.environ["PREFECT_HOME"]).mkdir(parents=True, exist_ok=True)  # Prefect makes the last folder alone
    # dvc.yaml says `python` and `accelerate`: those of this interpreter, whether its environment is activated or not.
    programs, path = str(Path(sys.executable).parent), os.environ.get("PATH", "")
    if path.split(os.pathsep)[0] != programs:
        os.environ["PATH"] = f"{programs}{os.pathsep}{path}"
    return work


def _open_server(work: Path) -> str | None:
    """The address that `make ui` left, where a server still listens there: a killed one leaves it too."""
    try:
        address = (work / ADDRESS).read_text(encoding="utf-8").strip()
        url = urlsplit(address)
        socket.create_connection((url.hostname or "", url.port or 0), timeout=2).close()
    except OSError:
        return None
    return address
