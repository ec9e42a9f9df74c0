"""Identifies processes beyond their end: a process number is used again, a number with a start time is not."""

import os
import socket
from dataclasses import dataclass
from pathlib import Path

import psutil  # type: ignore[import-untyped]

JITTER = 2.0  # s by which two readings of the start time of a process may differ, because the clock was set


@dataclass(frozen=True)
class Process:
    """A process of a machine. `created`: its start time in seconds since 1970."""

    pid: int
    created: float
    host: str

    def is_same(self, other: "Process") -> bool:
        """Returns whether both are one process."""
        near = abs(self.created - other.created) < JITTER
        return self.pid == other.pid and self.host == other.host and near

    @property
    def is_here(self) -> bool:
        """Whether it is a process of this machine. Of others it is not known whether they still run."""
        return self.host == socket.gethostname()

    @property
    def is_alive(self) -> bool:
        """Whether the process runs on this machine."""
        try:
            found = psutil.Process(self.pid)
            return self.is_same(_identify(found)) and bool(found.status() != psutil.STATUS_ZOMBIE)
        except psutil.Error:
            return False


def this_process() -> Process:
    """Returns the present process."""
    return _identify(psutil.Process())


def nearest_dvc() -> Process | None:
    """Returns the nearest ancestor of this process whose command is dvc; None if there is none."""
    try:
        for process in psutil.Process(os.getpid()).parents():
            if is_dvc(process.cmdline()):
                return _identify(process)
    except psutil.Error:  # an ancestor ended meanwhile
        return None
    return None


def is_dvc(words: list[str]) -> bool:
    """Returns whether a command line is one of dvc: `dvc …` or `python -m dvc …`."""
    return any(Path(word).name == "dvc" for word in words[:4])


def _identify(process: psutil.Process) -> Process:
    return Process(process.pid, float(process.create_time()), socket.gethostname())
