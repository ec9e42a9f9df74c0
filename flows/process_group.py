"""Runs a command so that it and all of its descendants end when the caller ends, even if the caller gets SIGKILL.

`process_group` starts this file as a script: `python flows/process_group.py COMMAND …`. This supervisor runs the
command and exits with its exit code. The caller holds the writing end of the supervisor's standard input and never
writes to it: when that input ends, the caller has finished or died, and the supervisor ends the command.
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

GRACE_SECONDS = 10  # between SIGTERM and SIGKILL; less than the 30 that Prefect waits before it kills a flow


@contextmanager
def process_group(
    command: Sequence[str],
    cwd: Path | None = None,
    env: dict[str, str] | None = None,
    output: IO[bytes] | int | None = None,
) -> Iterator[subprocess.Popen[bytes]]:
    """Runs a command during the block. When the block ends in any way, the command and its descendants end too.

    `output`: a file for stdout and stderr, subprocess.PIPE to read both from `stdout` of the process, or None to
    inherit ours. `env`: variables added to our environment, without the secret of the Prefect server.
    """
    from flows.secret import without_secret  # not at the top: as a script, this file may not find the package

    process = subprocess.Popen(
        [sys.executable, "-P", __file__, *command],
        cwd=cwd,
        env=without_secret(os.environ) | (env or {}),
        stdin=subprocess.PIPE,
        stdout=output,
        stderr=None if output is None else subprocess.STDOUT,
        start_new_session=True,  # Ctrl-C reaches only the caller, which then closes the supervisor's input
    )
    try:
        yield process
    finally:
        for stream in (process.stdin, process.stdout):
            if stream:
                stream.close()
        process.wait()


def supervise(command: Sequence[str]) -> int:
    """Runs a command until it ends, or ends it when standard input ends. Returns the exit code of the command."""
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL, start_new_session=True)
    ending = threading.Lock()  # held while the command is being ended, so that this process does not exit first
    threading.Thread(target=_end_with_input, args=[process.pid, ending], daemon=True).start()
    code = process.wait()
    with ending:
        _signal_group(process.pid, signal.SIGKILL)  # processes that the command left behind
    return code


def end_tree(pid: int) -> None:
    """Ends a process, its group and all of its descendants, also those in sessions of their own (torchrun's)."""
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
        end_tree(pid)


def _signal_group(pid: int, number: signal.Signals) -> None:
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, number)


if __name__ == "__main__":
    sys.exit(supervise(sys.argv[1:]))
