"""Chooses the folder of a run: this checkout if the parameters equal params.yaml, otherwise a local clone."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from blindspot.errors import BlindspotError
from blindspot.extensions import FOLDER as EXTENSIONS
from blindspot.model_parameters import MODEL_PARAMETERS, PROMPT_PARAMETERS
from blindspot.params import PARAMS, read
from blindspot.paths import QUESTIONER
from blindspot.prompts.files import read_prompts
from blindspot.search.given import read_given
from flows.overrides import write_params
from flows.registry import download, is_registered
from flows.secret import without_secret

PATHS = (
    *(f".{name}" for name in MODEL_PARAMETERS if name != "train.base_model"),  # which BASE_MODEL replaces
    ".launch.config",
    ".prepare.folder",
    ".prepare.file",
    ".prepare.references",
    ".prepare.dataset.name",
    ".explore.targets",
    ".audit.labels",
    ".taxonomy.embedding",
    ".taxonomy.documented",
)  # parameters that may be paths
PROMPTS = Path("configs") / "prompts"  # in a clone: also for copies of prompts files from other folders
BASE_MODEL = Path("models") / "start"  # in a clone: a copy of weights that git does not track


def prepare_workspace(values: dict[str, Any], work: Path, run_id: str, log: Callable[[str], None]) -> Path:
    """Returns the folder for a run. Its params.yaml contains `values`. Raises BlindspotError.

    A clone is created in `work`/runs/`run_id`, shares the DVC cache, and is used again when the run is retried.
    """
    here = Path.cwd()
    refuse_invalid_prompts(values, here)
    read_given(here / values["explore"]["targets"])
    start = values["train"]["base_model"]
    # `train` cannot start from its own output in this folder: DVC would see a stage that depends on itself.
    if values == read(here / PARAMS) and not is_registered(start) and Path(start) != QUESTIONER:
        return here
    clone = work / "runs" / run_id
    if not clone.is_dir():
        _clone(here, clone, values, work)
    differs = values != read(here / PARAMS)
    why = f"the parameters differ from {PARAMS}" if differs else "the base model must be copied"
    log(f"running in {clone}, a clone of HEAD, because {why}; `blindspot gc` deletes old clones")
    if changed := _uncommitted(here, values):
        log(f"files that are not part of this run, because they are not committed: {', '.join(changed)}")
    return clone


def _clone(here: Path, clone: Path, values: dict[str, Any], work: Path) -> None:
    """Creates the clone under another name and renames it at the end, so that an existing clone is complete."""
    if not _git(here, "rev-list", "--max-count=1", "--all"):
        raise BlindspotError(f"{here} has no commit", "commit its files, because the run happens in a clone of HEAD")
    new = clone.with_name(f".{clone.name}.new")
    shutil.rmtree(new, ignore_errors=True)
    clone.parent.mkdir(parents=True, exist_ok=True)
    try:
        _git(here, "clone", "--local", "--quiet", "--no-tags", str(here), str(new))
        local = here / ".dvc" / "config.local"
        if local.is_file():
            shutil.copy(local, new / ".dvc")
        _dvc(new, "config", "--local", "cache.dir", _dvc(here, "cache", "dir"))
        _copy_extensions(here, new)
        values = _with_absolute_paths(values, here, new)
        values = _with_copied_base_model(values, here, new, work)
        values = _with_copied_prompts(values, here, new)
        new.joinpath(PARAMS).write_text(write_params((here / PARAMS).read_text("utf-8"), values), "utf-8")
        new.rename(clone)
    finally:
        shutil.rmtree(new, ignore_errors=True)


def _with_copied_base_model(values: dict[str, Any], here: Path, clone: Path, work: Path) -> dict[str, Any]:
    """Copies the base model into the clone if git does not track it, so that later changes do not affect the run.

    Also copies a base model from the clone of another run, because that clone may be deleted at any time.
    """
    start = values["train"]["base_model"]
    if is_registered(start):
        folder = download(start, clone / "models" / "registered", work)
    elif (here / start).is_dir() and (not (clone / start).exists() or Path(start).is_relative_to(work / "runs")):
        folder = clone / BASE_MODEL
        shutil.copytree(here / start, folder)
    elif (here / start).is_file() and not (clone / start).exists():  # the description of a model
        folder = (clone / BASE_MODEL).with_suffix(Path(start).suffix)
        shutil.copy(here / start, folder)
    else:
        return values
    return values | {"train": values["train"] | {"base_model": str(folder.relative_to(clone))}}


def _copy_extensions(here: Path, clone: Path) -> None:
    """Makes the folder of the extensions in the clone as it is in this checkout, committed or not."""
    shutil.rmtree(clone / EXTENSIONS, ignore_errors=True)
    if (here / EXTENSIONS).is_dir():
        shutil.copytree(here / EXTENSIONS, clone / EXTENSIONS, ignore=shutil.ignore_patterns("__pycache__"))


def refuse_invalid_prompts(values: dict[str, Any], folder: Path) -> None:
    """Raises BlindspotError if a prompts file is invalid, before a run starts whose last stage would need it."""
    for name, roles in PROMPT_PARAMETERS.items():
        section, key = name.split(".")
        for role in roles:
            read_prompts(folder / values[section][key], role)


def _with_copied_prompts(values: dict[str, Any], here: Path, clone: Path) -> dict[str, Any]:
    """Copies the prompts files into the clone as they are in this checkout, committed or not.

    Later changes do not affect the run. A file from another folder gets the name of its section in PROMPTS.
    """
    copied = dict(values)
    for name in PROMPT_PARAMETERS:
        section, key = name.split(".")
        source = here / values[section][key]
        file = source.relative_to(here) if source.is_relative_to(here) and ".." not in source.parts else None
        file = file or PROMPTS / f"{section}.copy{source.suffix}"
        (clone / file).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(source, clone / file)
        copied[section] = copied[section] | {key: str(file)}
    return copied


def _with_absolute_paths(values: Any, here: Path, clone: Path, name: str = "") -> Any:
    """Makes each relative path absolute that exists here but not in the clone (photographs, models)."""
    if isinstance(values, dict):
        return {key: _with_absolute_paths(value, here, clone, f"{name}.{key}") for key, value in values.items()}
    if name not in PATHS or not values:
        return values
    return str(here / values) if (here / values).exists() and not (clone / values).exists() else values


def _uncommitted(here: Path, values: dict[str, Any]) -> list[str]:
    """Returns the changed and new files of this checkout, without those that the clone gets or reads anyway."""
    parameters = [*(f".{name}" for name in PROMPT_PARAMETERS), *PATHS, ".train.base_model"]
    used = {os.path.relpath(here / path, here) for name in parameters if (path := _value(values, name))}
    lines = _git(here, "status", "--porcelain", "--untracked-files=all").splitlines()
    names = [name for line in lines if (name := line[3:]) not in {str(PARAMS), "dvc.lock"} | used]
    return [name for name in names if not any(name.startswith(f"{folder}/") for folder in {EXTENSIONS, *used})]


def _value(values: dict[str, Any], name: str) -> str:
    """Returns the value of a parameter that names a path, such as .candidate.model; empty if it is not set."""
    found: Any = values
    for key in name.split(".")[1:]:
        found = found.get(key) if isinstance(found, dict) else None
    return found if isinstance(found, str) else ""


def _git(folder: Path, *arguments: str) -> str:
    return _output(folder, "git", ["git", *arguments]).rstrip("\n")


def _dvc(folder: Path, *arguments: str) -> str:
    return _output(folder, "dvc", [sys.executable, "-m", "dvc", *arguments]).strip()


def _output(folder: Path, tool: str, command: list[str]) -> str:
    """Runs a tool in a folder and returns its output. Raises BlindspotError with its error message where it fails."""
    env = without_secret(os.environ)  # git runs hooks and filters of the repository
    done = subprocess.run(command, cwd=folder, env=env, capture_output=True, text=True, check=False)
    if done.returncode:
        task = f"{tool} {command[command.index(tool) + 1]}"
        raise BlindspotError(f"{task} failed in {folder}", done.stderr or f"{tool} printed no error message")
    return done.stdout
