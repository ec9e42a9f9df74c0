"""Finds what old runs left in the work folder, and deletes it.

What the newest runs need is never found. A folder is renamed before it is deleted, so a kill leaves nothing that looks
whole.
"""

import math
import shutil
import time
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path

from blindspot.errors import BlindspotError
from blindspot.models.endpoint import CALLS
from blindspot.recording.local_store import ARTIFACTS
from blindspot.runs import kept
from blindspot.runs.joining import is_over
from blindspot.runs.record import RUNNING, STAGES, PipelineRun, all_runs
from flows.recovery import has_running
from flows.runs import CLONES, OWN_WORK

LEFT = ".gc-"  # how the name of a folder begins while it is deleted
MODELS = ARTIFACTS / "models"


@dataclass(frozen=True)
class Item:
    """Something that can be deleted. `changed`: the time of its last use, in seconds since 1970."""

    kind: str
    paths: tuple[Path, ...]
    changed: float
    bytes: int

    @property
    def days(self) -> float:
        """The age in days."""
        return (time.time() - self.changed) / 86400


def require_idle(work: Path) -> None:
    """Raises BlindspotError if a run is not over: which old parts it needs is not known."""
    works = [work, *(work / CLONES).glob(f"*/{OWN_WORK}")]
    running = [run for one in works for run in all_runs(one) if run.state == RUNNING and not is_over(run, one)]
    if running or has_running(work):
        what = f"the run {running[0].name} in {running[0].folder}" if running else "a flow"
        raise BlindspotError(f"{what} is running", "run gc when it has ended; nothing more was deleted")


def find(work: Path, keep: int, checkpoints: Collection[str]) -> list[Item]:
    """Returns what can be deleted, oldest first. `keep`: the number of newest runs whose parts are kept.

    `checkpoints`: ids of the models in MLflow that can be deleted. Raises OSError if a folder cannot be read.
    """
    needed = all_runs(work)[:keep]
    since = min((run.started / 1000 for run in needed), default=math.inf)
    found = [
        *_items("clone", (work / CLONES).glob("[!.]*"), {Path(run.folder) for run in needed}),
        *_items("kept report", (work / kept.FOLDER).glob("[!.]*"), {work / run.kept for run in needed}),
        *_items("checkpoint in MLflow", (work / MODELS / name for name in checkpoints), set()),
        *_items("work in progress", (one for name in STAGES for one in (work / name).glob("[!.]*/")), set()),
        *_replies(work),
    ]
    by_use = {"work in progress", "cached replies"}  # which run uses them is not recorded
    return sorted(
        (item for item in found if item.kind not in by_use or item.changed < since), key=lambda item: item.changed
    )


def chosen(found: list[Item], days: float | None, most: float | None) -> list[Item]:
    """Returns the items to delete: those older than `days`, and the oldest until the rest has at most `most` bytes."""
    going = [item for item in found if days is not None and item.days > days]
    rest = [item for item in found if item not in going]
    total = sum(item.bytes for item in rest)
    for item in rest:
        if most is None or total <= most:
            break
        going.append(item)
        total -= item.bytes
    return sorted(going, key=lambda item: item.changed)


def delete(item: Item) -> None:
    """Deletes an item. Raises OSError if that is not allowed."""
    for path in item.paths:
        left = path.with_name(f"{LEFT}{path.name}")
        path.rename(left)
        _remove(left)


def delete_leftovers(work: Path) -> None:
    """Deletes what a killed deletion left."""
    for folder in (work, work / CLONES, work / kept.FOLDER, work / MODELS, *(work / name for name in STAGES)):
        for path in folder.glob(f"{LEFT}*"):
            _remove(path)


def newest(runs: list[PipelineRun], keep: int) -> set[str]:
    """Returns the ids in MLflow of the stages of the newest runs."""
    return {stage.mlflow_run for run in runs[:keep] for stage in run.stages.values()}


def _items(kind: str, paths: Iterator[Path], needed: set[Path]) -> list[Item]:
    return [
        Item(kind, (path,), path.stat().st_mtime, kept.size_of(path))
        for path in paths
        if path.is_dir() and path not in needed
    ]


def _replies(work: Path) -> list[Item]:
    """Returns the file of the cached replies, with those that SQLite writes next to it."""
    paths = tuple(path for end in ("", "-wal", "-shm") if (path := work / f"{CALLS}{end}").is_file())
    if not paths:
        return []
    changed = max(path.stat().st_mtime for path in paths)
    return [Item("cached replies", paths, changed, sum(path.stat().st_size for path in paths))]


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)
