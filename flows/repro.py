"""Runs one stage with DVC, and reports whether DVC ran it, restored it, or found it up to date."""

import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Literal

import yaml

from blindspot.errors import BlindspotError
from flows.dvc_locks import repair
from flows.dvc_output import relay
from flows.process_group import process_group
from flows.secret import without_secret

Result = Literal["ran", "restored", "up to date"]
# Parts of DVC's messages.
RESULT_MESSAGES: dict[str, Result] = {
    "didn't change, skipping": "up to date",
    "is cached - skipping run": "restored",
    "Running stage ": "ran",
}
# Another dvc process uses the same files: the only failure that is worth waiting for.
BUSY = ("is busy, it is being blocked by", "Unable to acquire lock")
# `error: ` may follow an unfinished progress bar on the same line.
ERROR_LINE = re.compile(r"(?:\berror|^ERROR): .*")
# For a stage that printed no error line of its own, for example a killed one.
FIX = "; run the same command again to resume"
BUSY_TRIES = 360
BUSY_SECONDS = 10.0


@dataclass(frozen=True)
class CommandResult:
    """The exit code of a dvc command, and what its output says: the result, whether DVC was busy, the error line."""

    code: int
    result: Result
    busy: bool
    error: str


def list_stages(root: Path) -> list[str]:
    """Returns the stages of dvc.yaml, without the frozen ones, in its order, which respects their dependencies."""
    path = root / "dvc.yaml"
    try:
        found = yaml.safe_load(path.read_text(encoding="utf-8"))["stages"]
    except (OSError, yaml.YAMLError, KeyError, TypeError) as error:
        raise BlindspotError(f"{path} cannot be read ({error})", "run from the repository's root") from None
    return [name for name, stage in found.items() if not stage.get("frozen")]


def leading_unchanged(names: list[str], root: Path) -> set[str]:
    """Returns the unchanged stages before the first changed one, with a single DVC command for all of them."""
    repair(root, partial(print, file=sys.stderr))
    command = [sys.executable, "-m", "dvc", "status", "--json"]
    env = without_secret(os.environ)
    done = subprocess.run(command, cwd=root, env=env, capture_output=True, text=True, check=False)
    if done.returncode:
        return set()  # `dvc repro` will report the error
    changed = json.loads(done.stdout)
    first = next((index for index, name in enumerate(names) if name in changed), len(names))
    return set(names[:first])


def reproduce(stage: str, root: Path, env: dict[str, str], log: Callable[[str], None]) -> Result:
    """Runs `dvc repro --single-item stage`, and waits while another dvc process uses the same files.

    The output goes to the terminal, progress bars included, and to `log` line by line. Raises
    BlindspotError with the stage's own error line.
    """
    for _ in range(BUSY_TRIES):
        repair(root, log)
        done = _run_dvc(["repro", "--single-item", stage], root, env, log)
        if done.code == 0:
            return done.result
        if not done.busy:
            raise BlindspotError(f"stage {stage} failed", done.error or f"dvc ended with exit code {done.code}{FIX}")
        log(f"another dvc process is running here; trying again in {BUSY_SECONDS:.0f} s")
        time.sleep(BUSY_SECONDS)
    raise BlindspotError(f"stage {stage} did not start", "another dvc process has run here for an hour: end it")


def _run_dvc(arguments: list[str], root: Path, env: dict[str, str], log: Callable[[str], None]) -> CommandResult:
    command = [sys.executable, "-m", "dvc", *arguments]
    result: Result = "ran"
    busy, error = False, ""
    with process_group(command, cwd=root, env=env, output=subprocess.PIPE) as process:
        assert process.stdout is not None
        for line in relay(process.stdout):
            log(line)
            result = next((name for message, name in RESULT_MESSAGES.items() if message in line), result)
            busy = busy or any(message in line for message in BUSY)
            found = ERROR_LINE.search(line)
            if found and not error.startswith("error: "):
                error = found[0]  # prefers the stage's own line, `error: …`, over DVC's, `ERROR: …`
        code = process.wait()
    fix = FIX if error.startswith("ERROR: ") else ""
    return CommandResult(code, result, busy, error.partition(": ")[2] + fix)
