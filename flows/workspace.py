"""Where a run happens: here, when its parameters are those of params.yaml, else in a local clone of its own."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from blindspot.errors import BlindspotError
from blindspot.params import PARAMS, read
from flows.overrides import write_params
from flows.registry import download, is_registered
from flows.secret import without

TRAINED = Path("models/questioner")
PATHS = (
    ".launch.config",
    ".candidate.model",
    ".verifier.model",
    ".verifier.confirming_judge",
    ".verify.model",
    ".prepare.folder",
    ".prepare.file",
    ".prepare.dataset.name",
    ".harvest.base",
    ".audit.labels",
    ".taxonomy.primitive_extractor",
    ".taxonomy.embedding",
    ".taxonomy.skill_namer",
    ".taxonomy.documented",
)  # parameters that may lead somewhere
STARTS = Path("models") / "start"  # in a clone: weights that git does not have


def prepare_place(values: dict[str, Any], work: Path, run_id: str, log: Callable[[str], None]) -> Path:
    """The folder to run in, its params.yaml holding `values`. Raises BlindspotError.

    A clone lies in `work`/runs/`run_id`, shares the DVC cache, and is used again when that run is retried.
    """
    here = Path.cwd()
    start = values["train"]["base_model"]
    # Weights that `train` would overwrite can't be what it starts from here: DVC would see a stage that needs itself.
    if values == read(here / PARAMS) and not is_registered(start) and Path(start) != TRAINED:
        return here
    clone = work / "runs" / run_id
    if not clone.is_dir():
        _clone(here, clone, values, work)
    log(
        f"other parameters than {PARAMS}'s, or weights to be fixed: running in {clone}, a clone of HEAD; "
        "remove it when you are done with it"
    )
    if changed := _uncommitted(here):
        log(f"not part of this run, because not committed: {', '.join(changed)}")
    return clone


def _clone(here: Path, clone: Path, values: dict[str, Any], work: Path) -> None:
    """Makes the clone beside and renames it, so that a folder of that name is a whole one."""
    beside = clone.with_name(f".{clone.name}.new")
    shutil.rmtree(beside, ignore_errors=True)
    clone.parent.mkdir(parents=True, exist_ok=True)
    try:
        _git(here, "clone", "--local", "--quiet", "--no-tags", str(here), str(beside))
        local = here / ".dvc" / "config.local"
        if local.is_file():
            shutil.copy(local, beside / ".dvc")
        _dvc(beside, "config", "--local", "cache.dir", _dvc(here, "cache", "dir"))
        values = _reachable(values, here, beside)
        values = _with_fixed_start(values, here, beside, work)
        beside.joinpath(PARAMS).write_text(write_params((here / PARAMS).read_text("utf-8"), values), "utf-8")
        beside.rename(clone)
    finally:
        shutil.rmtree(beside, ignore_errors=True)


def _with_fixed_start(values: dict[str, Any], here: Path, clone: Path, work: Path) -> dict[str, Any]:
    """Copies the weights that training starts from into the clone, where git has them not: they are fixed then.

    Those that lie in another run's clone too, under an absolute path: it may be removed any time.
    """
    start = values["train"]["base_model"]
    if is_registered(start):
        folder = download(start, clone / "models" / "registered", work)
    elif (here / start).is_dir() and (not (clone / start).exists() or Path(start).is_relative_to(work / "runs")):
        folder = clone / STARTS
        shutil.copytree(here / start, folder)
    elif (here / start).is_file() and not (clone / start).exists():  # a model's description
        folder = (clone / STARTS).with_suffix(Path(start).suffix)
        shutil.copy(here / start, folder)
    else:
        return values
    return values | {"train": values["train"] | {"base_model": str(folder.relative_to(clone))}}


def _reachable(values: Any, here: Path, clone: Path, name: str = "") -> Any:
    """Makes absolute every relative path that leads somewhere here and nowhere in the clone (photos, other models)."""
    if isinstance(values, dict):
        return {key: _reachable(value, here, clone, f"{name}.{key}") for key, value in values.items()}
    if name not in PATHS or not values:
        return values
    return str(here / values) if (here / values).exists() and not (clone / values).exists() else values


def _uncommitted(here: Path) -> list[str]:
    """Files changed or new here, but for those that the run has anyway."""
    lines = _git(here, "status", "--porcelain", "--untracked-files=all").splitlines()
    return [name for line in lines if (name := line[3:]) not in (str(PARAMS), "dvc.lock")]


def _git(folder: Path, *arguments: str) -> str:
    return _output(folder, "git", ["git", *arguments]).rstrip("\n")


def _dvc(folder: Path, *arguments: str) -> str:
    return _output(folder, "dvc", [sys.executable, "-m", "dvc", *arguments]).strip()


def _output(folder: Path, tool: str, command: list[str]) -> str:
    """What a tool prints in a folder. Raises BlindspotError with what it says where it fails."""
    told = without(os.environ)  # git runs hooks and filters of the repository
    done = subprocess.run(command, cwd=folder, env=told, capture_output=True, text=True, check=False)
    if done.returncode:
        task = f"{tool} {command[command.index(tool) + 1]}"
        raise BlindspotError(f"{task} failed in {folder}", done.stderr or f"{tool} gave no reason")
    return done.stdout
