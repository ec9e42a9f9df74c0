import signal
import subprocess
import sys
from pathlib import Path

import pytest

from flows.process_group import process_group
from tests.flows.processes import ended, started

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
