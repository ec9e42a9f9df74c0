"""Runs a command so that it and all it started end when whoever asked for it ends, even by SIGKILL.

The asker holds the writing end of this process's standard input and never writes: the end of that input means that
the asker is done or dead. `python flows/process_group.py COMMAND …` exits with the command's own code.
"""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

import psutil  # type: ignore[import-untyped]

GRACE_SECONDS = 10  # between SIGTERM and SIGKILL; Prefect itself waits 30 before it kills a flow


@contextmanager
def process_group(
    command: Sequence[str],
    cwd: Path | None = None,
    env: dict[str, str] | None = None,
    output: IO[bytes] | int | None = None,
) -> Iterator[subprocess.Popen[bytes]]:
    """The running command; when the block ends, however it ends, so does everything the command started.

    `output`: where its output goes, errors included: a file, subprocess.PIPE for `stdout` of the process, or None for
    where ours goes. `env` is added to ours, from which the secret of Prefect's server is left out.
    """
    from flows.secret import without  # not above: this file also runs as a script, which need not find the package

    process = subprocess.Popen(
        [sys.executable, "-P", __file__, *command],
        cwd=cwd,
        env=without(os.environ) | (env or {}),
        stdin=subprocess.PIPE,
        stdout=output,
        stderr=None if output is None else subprocess.STDOUT,
        start_new_session=True,  # Ctrl-C reaches the asker alone, which then lets go
    )
    try:
        yield process
    finally:
        for stream in (process.stdin, process.stdout):
            if stream:
                stream.close()
        process.wait()


def hold(command: Sequence[str]) -> int:
    """Runs the command till it ends or standard input does. Returns its exit code."""
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL, start_new_session=True)
    ending = threading.Lock()  # held while everything is being ended, so that we don't leave before
    threading.Thread(target=_end_with_input, args=[process.pid, ending], daemon=True).start()
    code = process.wait()
    with ending:
        _signal_group(process.pid, signal.SIGKILL)  # what the command left behind
    return code


def end(pid: int) -> None:
    """Ends a process, its group and every descendant, those in sessions of their own (torchrun's) included."""
    found: list[psutil.Process] = []
    with suppress(psutil.NoSuchProcess):
        leader = psutil.Process(pid)
        found = [leader, *leader.children(recursive=True)]
    for process in found:
        with suppress(psutil.NoSuchProcess):
            process.terminate()
    _, alive = psutil.wait_procs(found, timeout=GRACE_SECONDS)
    for process in alive:
        with suppress(psutil.NoSuchProcess):
            process.kill()
    _signal_group(pid, signal.SIGKILL)


def _end_with_input(pid: int, ending: threading.Lock) -> None:
    while os.read(sys.stdin.fileno(), 4096):
        pass
    with ending:
        end(pid)


def _signal_group(pid: int, number: signal.Signals) -> None:
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, number)


if __name__ == "__main__":
    sys.exit(hold(sys.argv[1:]))
