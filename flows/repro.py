"""Runs one stage with DVC, and says what DVC did."""

import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Literal

import yaml

from blindspot.errors import BlindspotError
from flows.process_group import process_group
from flows.secret import without

Did = Literal["ran", "restored", "up to date"]
# DVC's words. Another dvc at work on the same files is the one failure that waiting mends.
SAID: dict[str, Did] = {
    "didn't change, skipping": "up to date",
    "is cached - skipping run": "restored",
    "Running stage ": "ran",
}
BUSY = ("is busy, it is being blocked by", "Unable to acquire lock")
# A progress bar that is still open stands before the stage's own.
ERROR_LINE = re.compile(r"(?:\berror|^ERROR): .*")
# Where the stage itself could not say what was wrong: it was killed, say. DVC has removed its former output by then.
MEND = "; run again to go on, or `dvc checkout` brings the former output back"
BUSY_TRIES = 360
BUSY_SECONDS = 10.0
BAR_SECONDS = 30.0  # a progress bar reaches the log this often


@dataclass(frozen=True)
class Heard:
    """What one dvc command printed that matters here."""

    code: int
    did: Did
    busy: bool
    error: str


def stages(root: Path) -> list[str]:
    """The stages of dvc.yaml that run, in its order, which is that of their dependencies. Frozen ones are left out."""
    path = root / "dvc.yaml"
    try:
        found = yaml.safe_load(path.read_text(encoding="utf-8"))["stages"]
    except (OSError, yaml.YAMLError, KeyError, TypeError) as error:
        raise BlindspotError(f"{path} cannot be read ({error})", "run from the repository's root") from None
    return [name for name, stage in found.items() if not stage.get("frozen")]


def leading_unchanged(names: list[str], root: Path) -> set[str]:
    """The stages, from the first on, in which nothing changed: one question to DVC instead of one for each stage."""
    command = [sys.executable, "-m", "dvc", "status", "--json"]
    done = subprocess.run(command, cwd=root, env=without(os.environ), capture_output=True, text=True, check=False)
    if done.returncode:
        return set()  # `dvc repro` will say what is wrong
    changed = json.loads(done.stdout)
    first = next((index for index, name in enumerate(names) if name in changed), len(names))
    return set(names[:first])


def reproduce(stage: str, root: Path, env: dict[str, str], log: Callable[[str], None]) -> Did:
    """Runs `dvc repro --single-item stage`, and waits while another dvc is at work on the same files.

    Its output goes to the terminal as it comes, progress bars included, and to `log` line by line. Raises
    BlindspotError with the stage's own error line.
    """
    for _ in range(BUSY_TRIES):
        heard = _listen([sys.executable, "-m", "dvc", "repro", "--single-item", stage], root, env, log)
        if heard.code == 0:
            return heard.did
        if not heard.busy:
            raise BlindspotError(
                f"stage {stage} failed", heard.error or f"dvc ended with exit code {heard.code}{MEND}"
            )
        log(f"another dvc is at work here; trying again in {BUSY_SECONDS:.0f} s")
        time.sleep(BUSY_SECONDS)
    raise BlindspotError(f"stage {stage} did not start", "another dvc has been at work here for an hour: end it")


def _listen(command: list[str], root: Path, env: dict[str, str], log: Callable[[str], None]) -> Heard:
    did: Did = "ran"
    busy, error = False, ""
    with process_group(command, cwd=root, env=env, output=subprocess.PIPE) as process:
        assert process.stdout is not None
        for line in _lines(process.stdout):
            log(line)
            did = next((did_so for words, did_so in SAID.items() if words in line), did)
            busy = busy or any(words in line for words in BUSY)
            said = ERROR_LINE.search(line)
            if said and not error.startswith("error: "):
                error = said[0]  # the stage's own line, rather than DVC's about it
        code = process.wait()
    mend = MEND if error.startswith("ERROR: ") else ""
    return Heard(code, did, busy, error.partition(": ")[2] + mend)


def _lines(stream: IO[bytes]) -> Iterator[str]:
    """Finished lines; of a progress bar its latest state now and then. Copies every byte to the terminal."""
    rest, shown = b"", time.monotonic()
    while chunk := stream.read1(65536):  # type: ignore[attr-defined]  # a pipe's buffered reader has it
        sys.stdout.buffer.write(chunk)
        sys.stdout.buffer.flush()
        *lines, rest = (rest + chunk).split(b"\n")
        yield from filter(None, map(_last_state, lines))
        if b"\r" in rest and time.monotonic() - shown > BAR_SECONDS:
            shown = time.monotonic()
            yield _last_state(rest)
    if text := _last_state(rest):
        yield text


def _last_state(line: bytes) -> str:
    """What a terminal shows of a line in the end: what follows its last carriage return."""
    return line.decode("utf-8", errors="replace").rstrip("\r ").rpartition("\r")[2].rstrip()
