"""What DVC knows of the outputs of stages: their digests in dvc.lock, which it writes after the process of a stage."""

import hashlib
import json
import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import yaml

LOCK, PIPELINE = Path("dvc.lock"), Path("dvc.yaml")
Lock = dict[str, Any]  # the entries of dvc.lock by stage


def read_lock(folder: Path) -> Lock:
    """Returns the entries of dvc.lock by stage; none if there is no such file, or it cannot be read."""
    return _stages_in(folder / LOCK)


def digest_of_outputs(lock: Lock, stage: str) -> str:
    """Returns a digest of the outputs of a stage in dvc.lock; an empty text if it has no entry."""
    outs = _entries(lock, stage, "outs")
    return _digest(sorted((str(one.get("path")), str(one.get("md5"))) for one in outs)) if outs else ""


def digest_of_lock(lock: Lock, stages: Sequence[str]) -> str:
    """Returns a digest of the entries of these stages; an empty text if one has none."""
    known = [lock.get(name) for name in stages]
    return _digest(known) if known and all(known) else ""


def md5_of_output(lock: Lock, stage: str) -> str:
    """Returns DVC's md5 of the first output of a stage; an empty text if it is not known."""
    return next((str(one["md5"]) for one in _entries(lock, stage, "outs") if "md5" in one), "")


def md5_of_dependency(lock: Lock, path: str) -> str:
    """Returns DVC's md5 of a file or a folder that a stage depends on; an empty text if it is not known."""
    deps = (one for stage in lock for one in _entries(lock, stage, "deps"))
    return next((str(one["md5"]) for one in deps if one.get("path") == path and "md5" in one), "")


def sizes_of_outputs(folder: Path, stage: str) -> dict[str, list[int]]:
    """Returns the bytes and the number of files of each output of a stage, by its path in dvc.yaml."""
    known = _stages_in(folder / PIPELINE).get(stage) or {}
    listed = [out for kind in ("outs", "metrics", "plots") for out in known.get(kind) or ()]
    paths = [str(next(iter(out)) if isinstance(out, dict) else out) for out in listed]
    return {path: _measure(folder / path) for path in paths}


def has_sizes(lock: Lock, stage: str, sizes: dict[str, list[int]]) -> bool:
    """Returns whether the outputs of a stage in dvc.lock have these sizes: dvc.lock may describe other outputs."""
    found = {str(one.get("path")): [one.get("size"), one.get("nfiles") or 1] for one in _entries(lock, stage, "outs")}
    return bool(sizes) and found == sizes


def _entries(lock: Lock, stage: str, kind: str) -> list[dict[str, Any]]:
    entry = lock.get(stage)
    found = entry.get(kind) if isinstance(entry, dict) else None
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []


def _stages_in(path: Path) -> dict[str, Any]:
    try:
        found = yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)["stages"]
    except (OSError, ValueError, TypeError, KeyError, yaml.YAMLError):
        return {}
    return found if isinstance(found, dict) else {}


def _measure(path: Path) -> list[int]:
    sizes = [*_file_sizes(path)]
    return [sum(sizes), len(sizes)]


def _file_sizes(path: Path) -> Iterator[int]:
    if path.is_file():
        yield path.stat().st_size
    for folder, _, names in os.walk(path):
        yield from (os.stat(os.path.join(folder, name)).st_size for name in names)


def _digest(value: object) -> str:
    return hashlib.sha256(json.dumps(value, sort_keys=True, default=str).encode()).hexdigest()[:16]
