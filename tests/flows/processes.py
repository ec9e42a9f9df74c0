"""Waits for processes that a test started."""

import time
from pathlib import Path

import psutil  # type: ignore[import-untyped]


def started(path: Path, seconds: float = 60) -> list[int]:
    """Waits for the file of pids. Returns the pids of the command and its worker."""
    until = time.monotonic() + seconds
    while not path.exists():
        assert time.monotonic() < until, "the command did not start"
        time.sleep(0.02)
    return [int(pid) for pid in path.read_text("utf-8").split()]


def ended(pids: list[int], seconds: float = 30) -> bool:
    """Returns whether all of these processes end in time."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if not any(_runs(pid) for pid in pids):
            return True
        time.sleep(0.05)
    return False


def _runs(pid: int) -> bool:
    try:
        return bool(psutil.Process(pid).status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False
