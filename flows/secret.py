"""The secret of the Prefect server: one per work folder, in a file that only its owner can read."""

import os
import secrets
import tempfile
from collections.abc import Mapping
from pathlib import Path

from filelock import FileLock

FILE = Path("prefect") / "secret"
SERVER = "PREFECT_SERVER_API_AUTH_STRING"  # the secret that Prefect's server requires
CLIENT = "PREFECT_API_AUTH_STRING"  # the secret that Prefect's client sends
NAMES = (SERVER, CLIENT)


def read_or_create(work: Path) -> str:
    """Returns the secret of a work folder. Creates it where the file is missing or empty; corrects permissions."""
    path = work / FILE
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with FileLock(path.with_suffix(".lock"), mode=0o600):  # two runs that start at once must get the same secret
        found = ""
        if path.exists():
            path.chmod(0o600)
            found = path.read_text(encoding="utf-8").strip()
        if not found:
            found = f"admin:{secrets.token_urlsafe(32)}"  # user:password, as Prefect expects
            _write(path, found)
    return found


def without_secret(environment: Mapping[str, str]) -> dict[str, str]:
    """Returns an environment without the secret, for stages and other processes that do not use the server."""
    return {name: value for name, value in environment.items() if name not in NAMES}


def _write(path: Path, text: str) -> None:
    """Writes the file atomically. No other user can read it at any time."""
    number, new = tempfile.mkstemp(dir=path.parent, prefix=".secret.")  # mode 600
    with os.fdopen(number, "w", encoding="utf-8") as file:
        file.write(text + "\n")
    os.replace(new, path)
