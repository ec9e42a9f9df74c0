"""Notices runs whose process died: Prefect then shows them as crashed, and MLflow as killed.

Each flow run holds a lock in the work folder. The lock of a process that died is free, whatever killed the process.
"""

import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import UUID

from filelock import FileLock, Timeout

from blindspot.recording.outbox import has_abandoned
from blindspot.runs.joining import has_unfinished
from flows.secret import without_secret

LOCKS = Path("prefect") / "runs"
INTERVAL = 30.0  # s between two looks of `blindspot deploy`
NEW = 10.0  # s
MESSAGE = "The process of the run ended without a result, for example because it was killed. Start it again to resume."


@contextmanager
def running(work: Path, flow_run: object) -> Iterator[None]:
    """Holds the lock of a flow run within the block."""
    path = work / LOCKS / f"{flow_run}.lock"
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with FileLock(path):
        try:
            yield
        finally:  # before Prefect stores the result: a free lock that is left means a killed process
            path.unlink(missing_ok=True)


def recover(work: Path) -> None:
    """Ends the records of dead processes in Prefect and MLflow. A failure is a warning: it never prevents a run."""
    try:
        mark_crashed(work)
        send_records(work)
    except Exception as error:  # noqa: BLE001 - a server that is away, a full disk: tried again later
        print(f"warning: earlier runs were not checked ({' '.join(str(error).split())[:200]})", file=sys.stderr)


def mark_crashed(work: Path) -> list[str]:
    """Marks the flow runs of dead processes as crashed, or cancelled if that was asked for. Returns their ids."""
    dead = [path for path in (work / LOCKS).glob("*.lock") if _is_free(path)]
    if not dead:
        return []
    from prefect.client.orchestration import get_client

    with get_client(sync_client=True) as client:
        marked = [path.stem for path in dead if _mark(client, UUID(path.stem))]
    for path in dead:
        path.unlink(missing_ok=True)
    return marked


def _mark(client: Any, flow_run: UUID) -> bool:
    """Returns whether the run was still shown as unfinished."""
    from prefect.client.schemas.objects import StateType
    from prefect.exceptions import ObjectNotFound
    from prefect.states import Cancelled, Crashed

    try:
        state = client.read_flow_run(flow_run).state
    except ObjectNotFound:  # of another server
        return False
    if state is None or state.is_final():
        return False
    ended: Any = Cancelled() if state.type == StateType.CANCELLING else Crashed(message=MESSAGE)
    client.set_flow_run_state(flow_run, ended, force=True)
    return True


def send_records(work: Path) -> None:
    """Sends to MLflow what it missed. In a process of its own, because MLflow changes the environment."""
    if has_abandoned(work) or has_unfinished(work):
        command = [sys.executable, "-m", "blindspot.recording.send", str(work)]
        subprocess.run(command, env=without_secret(os.environ), check=False)


def watch(work: Path) -> None:
    """Recovers in the background, again and again, as long as this process runs."""
    ended = threading.Event()

    def look() -> None:
        while not ended.wait(INTERVAL):
            recover(work)

    threading.Thread(target=look, name="recovery", daemon=True).start()


def has_running(work: Path) -> bool:
    """Returns whether a flow runs, or a lock is so new that one may begin to."""
    return any(not _is_free(path) for path in (work / LOCKS).glob("*.lock"))


def _is_free(path: Path) -> bool:
    """Returns whether the process that created the lock is dead. A new lock may not be held yet."""
    try:
        if time.time() - path.stat().st_mtime < NEW:
            return False
        with FileLock(path, timeout=0):
            return True
    except (Timeout, FileNotFoundError):
        return False
