"""Reads and writes the files that stages exchange. A failure never leaves a partial file."""

import hashlib
import json
import os
import re
import shutil
import stat
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any, Literal

import pandas as pd
import yaml
from filelock import FileLock

from blindspot.errors import BlindspotError
from blindspot.paths import IMAGES
from blindspot.records.image import SPLITS, Image
from blindspot.yaml_files import one_line

METADATA = "metadata.jsonl"


def work_folder() -> Path:
    """Returns the folder of runs, work in progress and the MLflow and Prefect stores: BLINDSPOT_WORK, else .work.

    Creates it with mode 700, because it contains a secret of Prefect. The mode of .work is reset to 700; that of an
    existing BLINDSPOT_WORK is kept. Raises BlindspotError if it cannot be created.
    """
    named = os.environ.get("BLINDSPOT_WORK")
    path = Path(named or ".work").resolve()
    try:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
    except (FileExistsError, NotADirectoryError, PermissionError) as error:
        problem = f"the work folder {path} cannot be created ({error.strerror})"
        raise BlindspotError(problem, "set BLINDSPOT_WORK to another folder") from None
    if not named and stat.S_IMODE(path.stat().st_mode) != 0o700:
        path.chmod(0o700)
    return path


@contextmanager
def working(stage: str) -> Iterator[Path]:
    """Yields a folder for the work in progress of a stage, and deletes it when the block succeeds.

    Its name is a hash of everything that the stage depends on, so an interrupted stage gets the same folder again. One
    process uses it at a time; a second one waits.
    """
    path = work_folder() / stage / work_key(stage)
    path.mkdir(parents=True, exist_ok=True)
    if not is_main_process():
        yield path
        return
    with FileLock(path.with_suffix(".lock")):
        path.mkdir(parents=True, exist_ok=True)
        yield path
        shutil.rmtree(path)


def is_main_process() -> bool:
    """Returns whether this is the only process of a launch, or its first rank."""
    return os.environ.get("RANK", "0") == "0"


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """Yields an empty folder that replaces `path` when the block succeeds, and is deleted otherwise."""
    new, previous = path.with_name(f".{path.name}.new"), path.with_name(f".{path.name}.old")
    shutil.rmtree(new, ignore_errors=True)
    try:
        with _naming(path):
            new.mkdir(parents=True)
            yield new
        if path.exists():  # renamed rather than deleted first: an interruption would leave a part of it
            shutil.rmtree(previous, ignore_errors=True)
            path.rename(previous)
        new.rename(path)
        shutil.rmtree(previous, ignore_errors=True)
    finally:
        shutil.rmtree(new, ignore_errors=True)


@contextmanager
def _replacing_file(path: Path) -> Iterator[Path]:
    """Yields a path whose file replaces `path` when the block succeeds, and is deleted otherwise."""
    new = path.with_name(f".{path.name}.new")
    try:
        with _naming(path):
            path.parent.mkdir(parents=True, exist_ok=True)
            yield new
            new.replace(path)
    finally:
        new.unlink(missing_ok=True)


@contextmanager
def _naming(path: Path) -> Iterator[None]:
    """Adds the file name to an OSError without one, such as that of a full disk."""
    try:
        yield
    except OSError as error:
        if error.errno is not None and error.filename is None:
            error.filename = str(path)
        raise


def write_json(path: Path, value: object) -> None:
    """Writes sorted, indented JSON, completely or not at all."""
    with _replacing_file(path) as new:
        new.write_text(json.dumps(value, indent=2, sort_keys=True, ensure_ascii=False) + "\n", encoding="utf-8")


def read_json(path: Path) -> Any:
    """Returns the value of a JSON file. Raises BlindspotError if it is missing or broken."""
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:  # RecursionError: too many levels
        raise BlindspotError(f"{path} cannot be read ({one_line(error)})", _how_to_restore(path)) from None


def write_frame(path: Path, frame: pd.DataFrame, compression: Literal["snappy", "zstd"] = "snappy") -> None:
    """Writes Parquet, completely or not at all. The same rows give the same bytes. Use zstd for long texts."""
    with _replacing_file(path) as new:
        frame.to_parquet(new, index=False, compression=compression)


def write_csv(path: Path, frame: pd.DataFrame) -> None:
    """Writes CSV, which `dvc plots` reads, completely or not at all."""
    with _replacing_file(path) as new:
        frame.to_csv(new, index=False)


def read_frame(path: Path, columns: Sequence[str] = ()) -> pd.DataFrame:
    """Returns the frame of a Parquet file. `columns`: those that it must have, in a frame with rows.

    Raises BlindspotError if the file is missing or broken, or lacks rows or a column.
    """
    try:
        frame = pd.read_parquet(path)
    except (OSError, ValueError) as error:
        raise BlindspotError(f"{path} cannot be read ({one_line(error)})", _how_to_restore(path)) from None
    missing = [name for name in columns if name not in frame.columns]
    if missing or (columns and frame.empty):
        what = f"the columns {', '.join(missing)}" if missing else "rows"
        raise BlindspotError(f"{path} lacks {what}", _how_to_restore(path))
    return frame


def to_frame(records: Sequence[Any]) -> pd.DataFrame:
    """Returns a frame with one row for each frozen record."""
    return pd.DataFrame([asdict(record) for record in records])


def read_images(split: str, root: Path = IMAGES) -> list[Image]:
    """Returns the images of one split in a fixed order. Raises BlindspotError if the split is missing or empty."""
    if split not in SPLITS:
        raise BlindspotError(f"there is no split {split!r}", f"name one of {', '.join(SPLITS)}")
    metadata = root / split / METADATA
    try:
        rows = [json.loads(line) for line in metadata.read_text(encoding="utf-8").split("\n") if line.strip()]
        images = [Image(row["image_id"], metadata.parent / row["file_name"], split, row.get("scene")) for row in rows]
    except (KeyError, TypeError, AttributeError):
        problem = f"{metadata} has a row without image_id and file_name"
        raise BlindspotError(problem, _how_to_restore(metadata)) from None
    except (OSError, ValueError, RecursionError) as error:
        raise BlindspotError(f"{metadata} cannot be read ({one_line(error)})", _how_to_restore(metadata)) from None
    if not images:
        raise BlindspotError(f"the {split} split is empty", f"raise prepare.splits.{split}, or provide more images")
    for image in images:
        if not image.path.is_file():
            raise BlindspotError(f"image {image.path} is missing", _how_to_restore(image.path))
    return images


def digest(*paths: Path) -> str:
    """Returns a short hash of the names and contents of files and folders. Raises BlindspotError if one is missing."""
    total = hashlib.sha256()
    for path in paths:
        files = sorted(path.rglob("*")) if path.is_dir() else [path]
        for file in files:
            if "__pycache__" in file.parts or file.is_dir():
                continue
            if not file.is_file():
                raise BlindspotError(f"{file} is missing", _how_to_restore(file))
            total.update(str(file.relative_to(path.parent)).encode() + b"\0" + file.read_bytes())
    return total.hexdigest()[:16]


def work_key(stage: str) -> str:
    """Returns a hash of everything that a stage depends on in dvc.yaml: parameters, code, data, models."""
    values = yaml.safe_load(Path("params.yaml").read_text(encoding="utf-8"))
    spec = yaml.safe_load(Path("dvc.yaml").read_text(encoding="utf-8"))["stages"][stage]
    deps = [Path(_fill(dep, values)) for dep in spec.get("deps", [])]
    sections = {section: values.get(section) for section in spec.get("params", [])}
    return hashlib.sha256((digest(*deps) + json.dumps(sections, sort_keys=True)).encode()).hexdigest()[:16]


def _fill(text: str, values: dict[str, Any]) -> str:
    """Replaces ${section.key} with its value, as DVC does."""

    def value(match: re.Match[str]) -> str:
        node: Any = values
        for key in match[1].split("."):
            node = node[key]
        return str(node)

    return re.sub(r"\$\{([\w.]+)\}", value, text)


def _how_to_restore(path: Path) -> str:
    return f"run `dvc checkout {path}` to restore it, or `dvc repro` to create it"
