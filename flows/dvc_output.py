"""Copies the output of a dvc command to the terminal, and yields its lines for the log."""

import sys
import time
from collections.abc import Iterator
from typing import IO

BAR_SECONDS = 30.0  # interval at which an unfinished progress bar is written to the log
#: Lines with which DVC advises on Git and remotes after every stage. A run pushes by itself where a remote is set.
ADVICE = (
    b"Use `dvc push` to send your updates to remote storage.",
    b"To track the changes with git, run:",
    b"To enable auto staging, run:",
    b"\tgit add dvc.lock",
    b"\tdvc config core.autostage true",
)
FAILED = b"ERROR: failed to reproduce "
HIDDEN = (*ADVICE, FAILED)


def relay(stream: IO[bytes]) -> Iterator[str]:
    """Yields finished lines, and the state of an unfinished progress bar every BAR_SECONDS.

    Copies every byte to standard output at once, except the lines of ADVICE and the blank ones after them, and the
    line with which DVC repeats that a stage failed.
    """
    rest, copied, advised, shown = b"", 0, False, time.monotonic()
    while chunk := stream.read1(65536):  # type: ignore[attr-defined]  # a pipe's buffered reader has it
        *lines, rest = (rest + chunk).split(b"\n")
        for line in lines:
            advised = _is_advice(line) or (advised and not line.strip())  # blank lines separate the advice
            if not advised and not line.startswith(FAILED):
                sys.stdout.buffer.write(line[copied:] + b"\n")
            if not advised:
                yield from filter(None, [_last_state(line)])
            copied = 0
        if not rest.startswith(HIDDEN) and not any(one.startswith(rest) for one in HIDDEN):
            sys.stdout.buffer.write(rest[copied:])
            copied = len(rest)
        sys.stdout.buffer.flush()
        if b"\r" in rest and time.monotonic() - shown > BAR_SECONDS:
            shown = time.monotonic()
            yield _last_state(rest)
    sys.stdout.buffer.write(rest[copied:])
    sys.stdout.buffer.flush()
    if text := _last_state(rest):
        yield text


def _is_advice(line: bytes) -> bool:
    return line.rstrip().startswith(ADVICE)


def _last_state(line: bytes) -> str:
    """Returns the text after the last carriage return of a line: what a terminal shows in the end."""
    return line.decode("utf-8", errors="replace").rstrip("\r ").rpartition("\r")[2].rstrip()
