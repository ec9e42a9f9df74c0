"""Finds what old runs left in the work folder, and deletes it.

What the newest runs need is never found. A folder is renamed before it is deleted, so a kill leaves nothing that looks
whole.
"""

import math
import shutil
import time
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from blindspot.errors import BlindspotError
from blindspot.json_file import read_object
from blindspot.models.endpoint import CALLS
from blindspot.recording.local_store import ARTIFACTS
from blindspot.runs import kept
from blindspot.runs.joining import is_over
from blindspot.runs.record import FINISHED, RUNNING, STAGES, PipelineRun, all_runs
from flows.recovery import has_running
from flows.runs import CLONES, OWN_WORK

LEFT = ".gc-"  # how the name of a folder begins while it is deleted
MODELS = ARTIFACTS / "models"
DOCS = Path("docs")  # the data docs of each folder in which a run happened
REPORTS = 5  # newest kept reports, which always stay: they are small
PROGRESS, REPLIES = "work in progress", "cached replies"
BY_USE = {PROGRESS, REPLIES}  # which run uses them is not recorded


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


def needed(runs: Sequence[PipelineRun], keep: int) -> list[PipelineRun]:
    """Returns the runs whose parts stay: the newest `keep`, and the newest one that finished. `runs`: newest first."""
    finished = [run for run in runs[keep:] if run.state == FINISHED]
    others = [run for run in runs[:keep] if run.state != FINISHED]
    return [*runs[:keep], *(finished[:1] if others and len(others) == keep else [])]


def in_progress(work: Path) -> set[str]:
    """Returns the ids of the checkpoints in MLflow that an interrupted training continues with."""
    files = (work / "train").glob("[!.]*/evaluations/*.json")
    return {str(read_object(path).get("logged_model")) for path in files}


def find(work: Path, kept_runs: Sequence[PipelineRun], checkpoints: Collection[str]) -> list[Item]:
    """Returns what can be deleted, oldest first; checkpoints last, because MLflow writes even to delete them.

    `kept_runs`: those whose parts stay. `checkpoints`: ids of the models in MLflow that can be deleted. Raises OSError
    if a folder cannot be read.
    """
    runs, since = all_runs(work), min((run.started / 1000 for run in kept_runs), default=math.inf)
    reports = [run.kept for run in runs if run.kept][: max(REPORTS, len(kept_runs))] if kept_runs else []
    found = [
        *_clones(work, runs, {Path(run.folder).name for run in kept_runs}),
        *_items("kept report", (work / kept.FOLDER).glob("[!.]*"), {work / name for name in reports}),
        *_items(PROGRESS, (one for name in STAGES for one in (work / name).glob("[!.]*/")), set()),
        *_replies(work),
    ]
    files = sorted(
        (item for item in found if item.kind not in BY_USE or item.changed < since), key=lambda item: item.changed
    )
    models = _items("checkpoint in MLflow", (work / MODELS / name for name in checkpoints), set())
    return [*files, *sorted(models, key=lambda item: item.changed)]


def chosen(found: list[Item], days: float | None, most: float | None) -> list[Item]:
    """Returns the items to delete: those older than `days`, and the oldest until the rest has at most `most` bytes.

    Without a limit, all but work in progress and cached replies: without these, a run pays or trains again.
    """
    if days is None and most is None:
        return [item for item in found if item.kind not in BY_USE]
    going = {item for item in found if days is not None and item.days > days}
    rest = sorted((item for item in found if item not in going), key=lambda item: item.changed)
    total = sum(item.bytes for item in rest)
    for item in rest:
        if most is None or total <= most:
            break
        going.add(item)
        total -= item.bytes
    return [item for item in found if item in going]


def delete(item: Item) -> list[OSError]:
    """Deletes an item. Returns the errors of what cannot be deleted."""
    failed = list[OSError]()
    for path in item.paths:
        left = path.with_name(f"{LEFT}{path.name}")
        try:
            path.rename(left)
        except OSError as error:
            failed.append(error)
        else:
            failed += _remove(left)
    return failed


def delete_leftovers(work: Path) -> list[OSError]:
    """Deletes what an earlier deletion left, because it was killed or failed. Returns what cannot be deleted."""
    folders = [work, *(work / name for name in (CLONES, DOCS, kept.FOLDER, MODELS, *STAGES))]
    return [error for folder in folders for path in folder.glob(f"{LEFT}*") for error in _remove(path)]


def _clones(work: Path, runs: Sequence[PipelineRun], needed_names: set[str]) -> Iterator[Item]:
    """Yields the clones with their data docs, and the data docs of clones that the user deleted.

    A clone has the name of its run. Its path in the record is not used: the work folder may have been moved.
    """
    names = {path.name for path in (work / CLONES).glob("[!.]*")}
    names |= {run.id for run in runs if Path(run.folder).name == run.id}
    for name in names - needed_names:
        if paths := tuple(path for top in (CLONES, DOCS) if (path := work / top / name).is_dir()):
            kind = "clone" if paths[0].parent == work / CLONES else "data docs"
            yield Item(kind, paths, paths[0].stat().st_mtime, sum(map(kept.size_of, paths)))


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
    return [Item(REPLIES, paths, changed, sum(path.stat().st_size for path in paths))]


def _remove(path: Path) -> list[OSError]:
    """Deletes a file or a folder, as much of it as possible. Returns the errors."""
    failed = list[OSError]()
    if path.is_dir():
        shutil.rmtree(path, onerror=lambda *found: failed.append(found[2][1]))
    else:
        try:
            path.unlink(missing_ok=True)
        except OSError as error:
            failed.append(error)
    return failed
