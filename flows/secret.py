"""The secret of Prefect's server: one for each work folder, in a file that only its owner can read."""

import os
import secrets
import tempfile
from collections.abc import Mapping
from pathlib import Path

from filelock import FileLock

FILE = Path("prefect") / "secret"
SERVER = "PREFECT_SERVER_API_AUTH_STRING"  # what Prefect's server asks for
CLIENT = "PREFECT_API_AUTH_STRING"  # what Prefect's client sends
NAMES = (SERVER, CLIENT)


def read_or_make(work: Path) -> str:
    """The secret of this work folder. A missing or empty file is made anew, and wrong permissions are corrected."""
    path = work / FILE
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with FileLock(path.with_suffix(".lock"), mode=0o600):  # two runs that start at once must get the same secret
        found = ""
        if path.exists():
            path.chmod(0o600)
            found = path.read_text(encoding="utf-8").strip()
        if not found:
            found = f"admin:{secrets.token_urlsafe(32)}"  # Prefect's form, user:password
            _write(path, found)
    return found


def without(environment: Mapping[str, str]) -> dict[str, str]:
    """An environment without the secret: that of stages and of all else that does not speak with Prefect's server."""
    return {name: value for name, value in environment.items() if name not in NAMES}


def _write(path: Path, text: str) -> None:
    """Writes the file at once or not at all. The file never has a moment in which others can read it."""
    number, beside = tempfile.mkstemp(dir=path.parent, prefix=".secret.")  # mode 600
    with os.fdopen(number, "w", encoding="utf-8") as file:
        file.write(text + "\n")
    os.replace(beside, path)
