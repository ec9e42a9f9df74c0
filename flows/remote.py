"""Sends the outputs of a run to the DVC remote, if one is set."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from flows.secret import without_secret

DVC = [sys.executable, "-m", "dvc"]


def push(root: Path, say: Callable[[str], None]) -> None:
    """Pushes the outputs that dvc.lock names. Without a default remote nothing happens; a failure is a warning."""
    remote = _dvc(root, "config", "core.remote")
    name = remote.stdout.strip()
    if remote.returncode or not name:
        return
    done = _dvc(root, "push", "--quiet")
    if done.returncode:
        reason = " ".join(done.stderr.split())[-300:] or f"exit code {done.returncode}"
        say(f"warning: the outputs are not in the DVC remote {name} ({reason}): run `dvc push` in {root}")
    else:
        say(f"the outputs are in the DVC remote {name}")


def _dvc(root: Path, *words: str) -> subprocess.CompletedProcess[str]:
    env = without_secret(os.environ)
    return subprocess.run([*DVC, *words], cwd=root, env=env, capture_output=True, text=True, check=False)
