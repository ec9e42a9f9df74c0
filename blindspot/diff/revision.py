"""Restores the results of the run of a Git revision from the DVC cache."""

import atexit
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from blindspot.errors import BlindspotError
from blindspot.paths import IMAGES, ROLLOUTS, TAXONOMY_FOLDER, VERDICTS

SCHEME = "git:"
RESULTS = (VERDICTS.parent, ROLLOUTS.parent, TAXONOMY_FOLDER, IMAGES)


def restore(name: str, root: Path) -> Path:
    """Returns a folder with the results that dvc.lock of the revision git:REV names.

    `root`: the checkout, whose repository and DVC cache are used. The folder is deleted when the process ends. Raises
    BlindspotError if there is no such revision, or if neither the cache nor the remote has its results.
    """
    revision, folder = name.removeprefix(SCHEME), Path(tempfile.mkdtemp(prefix="blindspot-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    clone = folder / revision.replace("/", "-")
    _run(["git", "clone", "--quiet", "--shared", "--no-checkout", str(root), str(clone)], root, name)
    commit = _run(["git", "rev-parse", "--verify", f"{revision}^{{commit}}"], root, name).strip()
    _run(["git", "checkout", "--quiet", "--detach", commit], clone, name)
    dvc = [sys.executable, "-m", "dvc"]
    cache = _run([*dvc, "cache", "dir"], root, name).strip()
    _run([*dvc, "cache", "dir", "--local", str(root / cache)], clone, name)
    _run([*dvc, "checkout", *map(str, RESULTS)], clone, name)
    return clone


def _run(command: list[str], folder: Path, name: str) -> str:
    """Runs a command and returns its output. Raises BlindspotError if it fails."""
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode:
        reason = " ".join(done.stderr.split())[-200:] or "no reason given"
        fix = "name a revision whose results are in the DVC cache; `dvc fetch` gets them from a remote"
        raise BlindspotError(f"the results of {name} cannot be restored ({reason})", fix)
    return done.stdout
