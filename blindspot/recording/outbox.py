"""The records of one run on disk: what MLflow did not take yet, so that a later process can send it.

A folder in the work folder holds `run.json` (the store, the name and the tags of the run), `state.json` (the run's id
and how much was sent) and `journal.jsonl` (operations that wait) with copies of their files. The process that records
holds a lock: an outbox whose lock is free belongs to a process that ended, or died.
"""

import json
import os
import shutil
import time
import uuid
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import IO, Any

from filelock import FileLock, Timeout

from blindspot.json_file import read_object
from blindspot.recording.operations import Operation

FOLDER = Path("mlflow") / "outbox"
LINK_ABOVE = 1 << 20  # bytes; larger files are linked: stages replace their files and do not change them


@dataclass
class State:
    """What MLflow has. `run_id` is empty until its reply to the creation of the run, which was `tried`, arrives.

    `failures`: of the operation that is next.
    """

    run_id: str = ""
    tried: bool = False
    experiment_id: str = ""
    sent: int = 0
    failures: int = 0
    models: dict[str, str] = field(default_factory=dict)


class Outbox:
    """The records of one run. Only the holder of its lock may use it."""

    def __init__(self, folder: Path, lock: FileLock) -> None:
        self.folder, self._lock = folder, lock
        self.run: dict[str, Any] = read_object(folder / "run.json")
        self.state = State(**read_object(folder / "state.json"))

    @property
    def work(self) -> Path:
        """The work folder."""
        return self.folder.parents[len(FOLDER.parts)]

    @property
    def models(self) -> Path:
        """The file with the ids of models that were logged later than their run ended, by reference."""
        return self.folder.parent / "models.json"

    def operations(self) -> list[Operation]:
        """Returns every operation that was kept, sent or not, without lines that a kill cut off."""
        path, found = self.folder / "journal.jsonl", []
        lines = path.read_text(encoding="utf-8").splitlines() if path.is_file() else []
        for line in lines:
            with suppress(ValueError):
                found.append(json.loads(line))
        return found

    def keep(self, operation: Operation) -> None:
        """Appends an operation to those that wait, with copies of its files."""
        kept = _with_copies(operation, self.folder / "files" / uuid.uuid4().hex)
        with (self.folder / "journal.jsonl").open("a+", encoding="utf-8") as file:
            file.write("\n" * _is_cut_off(file) + json.dumps(kept, default=str) + "\n")
            file.flush()
            os.fsync(file.fileno())

    def save(self) -> None:
        """Stores the state."""
        _write(self.folder / "state.json", asdict(self.state))

    def sent(self) -> None:
        """Notes that the next operation was sent, or given up."""
        self.state.sent, self.state.failures = self.state.sent + 1, 0
        self.save()

    def delete(self) -> None:
        """Deletes the outbox, after its run has ended in MLflow."""
        shutil.rmtree(self.folder, ignore_errors=True)
        self.release()
        self.folder.with_suffix(".lock").unlink(missing_ok=True)

    def release(self) -> None:
        """Lets other processes use the outbox."""
        self._lock.release()


def create(work: Path, run: dict[str, Any]) -> Outbox:
    """Creates an outbox for a run that starts now. Its name sorts by time."""
    folder = work / FOLDER / f"{time.time_ns():020d}-{uuid.uuid4().hex[:8]}"
    folder.parent.mkdir(parents=True, exist_ok=True)
    lock = FileLock(folder.with_suffix(".lock"))
    lock.acquire()
    folder.mkdir()
    _write(folder / "run.json", run)
    return Outbox(folder, lock)


def abandoned(work: Path) -> Iterator[Outbox]:
    """Yields each outbox whose process ended, oldest first, and releases it afterwards."""
    for folder in sorted((work / FOLDER).glob("*-*")):
        if not folder.is_dir():
            continue
        lock = FileLock(folder.with_suffix(".lock"))
        try:
            lock.acquire(timeout=0)
        except Timeout:
            continue
        if not (folder / "run.json").is_file():  # killed before it began, or deleted meanwhile
            shutil.rmtree(folder, ignore_errors=True)
            lock.release()
            folder.with_suffix(".lock").unlink(missing_ok=True)
            continue
        try:
            yield Outbox(folder, lock)
        finally:
            lock.release()


def has_abandoned(work: Path) -> bool:
    """Returns whether there are records whose process ended."""
    return next(abandoned(work), None) is not None


def _is_cut_off(file: IO[str]) -> bool:
    """Returns whether the last line has no end, because the process was killed while it wrote."""
    with open(file.fileno(), "rb", closefd=False) as raw:
        size = raw.seek(0, os.SEEK_END)
        raw.seek(max(size - 1, 0))
        return size > 0 and raw.read(1) != b"\n"


def _with_copies(operation: Operation, folder: Path) -> Operation:
    """Returns the operation with copies of its files and images in `folder`."""
    kept = dict(operation)
    if "file" in kept:
        kept["file"] = _copy(Path(kept["file"]), folder)
    if "files" in kept:
        kept["files"] = [_copy(Path(file), folder) for file in kept["files"]]
    if images := kept.get("images"):
        folder.mkdir(parents=True, exist_ok=True)
        kept["table"] = dict(kept["table"])
        for column in images:
            paths = [folder / f"{column}-{row:05d}.png" for row in range(len(kept["table"][column]))]
            for path, image in zip(paths, kept["table"][column], strict=True):
                image.save(str(path))
            kept["table"][column] = [*map(str, paths)]
    return kept


def _copy(source: Path, folder: Path) -> str:
    """Copies a file or a folder, under its own name."""
    folder.mkdir(parents=True, exist_ok=True)
    target = folder / source.name
    if source.is_dir():
        shutil.copytree(source, target, copy_function=_copy_file)
    else:
        _copy_file(source, target)
    return str(target)


def _copy_file(source: str | Path, target: str | Path) -> None:
    if os.stat(source).st_size > LINK_ABOVE:
        with suppress(OSError):
            os.link(source, target)
            return
    shutil.copyfile(source, target)


def _write(path: Path, value: dict[str, Any]) -> None:
    new = path.with_suffix(".new")
    new.write_text(json.dumps(value, default=str), encoding="utf-8")
    new.replace(path)
