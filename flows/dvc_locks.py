"""Repairs the lock file of DVC after a crash."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psutil  # type: ignore[import-untyped]

RWLOCK = Path(".dvc") / "tmp" / "rwlock"


def repair(root: Path, log: Callable[[str], None]) -> None:
    """Removes what dead processes left in DVC's lock file, so that DVC does not fail or wait for ever.

    A file that cannot be read, for example an empty one after a power failure, is deleted if no dvc runs in `root`.
    DVC itself removes the entries of processes that do not exist. Entries whose process id now belongs to a younger
    process are removed here.
    """
    path = root / RWLOCK
    try:
        written, text = path.stat().st_mtime, path.read_text(encoding="utf-8")
    except OSError:
        return
    try:
        content = json.loads(text)
        kept = {mode: _of_living(content.get(mode, {}), written) for mode in ("write", "read")}
    except (ValueError, AttributeError, TypeError, KeyError):
        if others := running_dvc(root):
            log(f"{path} cannot be read, and dvc runs here (process {others[0]}): when it has ended, run again")
        else:
            path.unlink(missing_ok=True)
            log(f"{path} was broken, for example by a crash, and no dvc runs here: deleted")
        return
    if kept != {mode: content.get(mode, {}) for mode in ("write", "read")}:
        path.write_text(json.dumps(kept), encoding="utf-8")
        log(f"removed the locks of dead processes from {path}")


def running_dvc(root: Path) -> list[int]:
    """Returns the ids of the dvc processes that run in `root`."""
    found = []
    for process in psutil.process_iter(["pid", "cmdline", "cwd"]):
        words, folder = process.info["cmdline"] or [], process.info["cwd"]
        is_dvc = any(Path(word).name == "dvc" for word in words[:4])
        if is_dvc and folder and Path(folder).is_relative_to(root.resolve()):
            found.append(process.info["pid"])
    return found


def _of_living(locks: dict[str, Any], written: float) -> dict[str, Any]:
    """Returns the entries without those whose process id was given to another process after the file was written."""
    kept: dict[str, Any] = {}
    for path, entry in locks.items():
        if isinstance(entry, list):
            if entries := [one for one in entry if not _is_reused(one["pid"], written)]:
                kept[path] = entries
        elif not _is_reused(entry["pid"], written):
            kept[path] = entry
    return kept


def _is_reused(pid: int, written: float) -> bool:
    try:
        return bool(psutil.Process(pid).create_time() > written + 1)
    except psutil.Error:
        return False
