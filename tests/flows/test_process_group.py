import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil  # type: ignore[import-untyped]
import pytest

from flows.process_group import process_group

# A command that starts a worker in a session of its own, as torchrun does, writes both pids to a file, and waits.
COMMAND = """
import os, pathlib, subprocess, sys, time
worker = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"], start_new_session=True)
path = pathlib.Path(sys.argv[1])
path.with_suffix(".new").write_text(f"{os.getpid()} {worker.pid}")
path.with_suffix(".new").rename(path)
time.sleep(600)
"""
CALLER = """
import sys, time
from flows.process_group import process_group
with process_group([sys.executable, "-c", sys.argv[1], sys.argv[2]]):
    time.sleep(600)
"""


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


def test_exit_code_and_output_are_those_of_the_command() -> None:
    command = [sys.executable, "-c", "import sys; print('out'); print('err', file=sys.stderr); sys.exit(7)"]
    with process_group(command, output=subprocess.PIPE) as it:
        assert it.stdout is not None
        assert sorted(it.stdout.read().split()) == [b"err", b"out"]
        assert it.wait() == 7


def test_all_processes_end_with_the_block(tmp_path: Path) -> None:
    with pytest.raises(KeyboardInterrupt), process_group([sys.executable, "-c", COMMAND, str(tmp_path / "pids")]):
        pids = started(tmp_path / "pids")
        raise KeyboardInterrupt
    assert ended(pids)


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_all_processes_end_with_the_caller(number: signal.Signals, tmp_path: Path) -> None:
    command = [sys.executable, "-c", CALLER, COMMAND, str(tmp_path / "pids")]
    caller = subprocess.Popen(command, stderr=subprocess.DEVNULL)
    pids = started(tmp_path / "pids")
    caller.send_signal(number)
    caller.wait(60)
    assert ended(pids)
