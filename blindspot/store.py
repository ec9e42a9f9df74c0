"""Reads and writes the files that stages hand over, so that a failure never leaves half of one."""

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
from blindspot.records.image import SPLITS, Image

IMAGES = Path("data/images")
METADATA = "metadata.jsonl"


def work_folder() -> Path:
    """Where runs, work in progress and the stores of MLflow and Prefect lie: BLINDSPOT_WORK, else .work here.

    Only its owner can read it: it holds Prefect's secret. A folder that exists and that the user named keeps its mode.
    """
    named = os.environ.get("BLINDSPOT_WORK")
    path = Path(named or ".work").resolve()
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not named and stat.S_IMODE(path.stat().st_mode) != 0o700:
        path.chmod(0o700)
    return path


@contextmanager
def working(stage: str) -> Iterator[Path]:
    """A folder for a stage's work in progress, the same again after a kill and deleted when the block ends well.

    It is keyed by all that the stage depends on, and held by one process at a time: a second waits.
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
    """Whether this is the only process of a launch, or its first rank."""
    return os.environ.get("RANK", "0") == "0"


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """Yields an empty folder beside `path` that takes its place when the block ends well, and is removed otherwise."""
    beside, former = path.with_name(f".{path.name}.new"), path.with_name(f".{path.name}.old")
    shutil.rmtree(beside, ignore_errors=True)
    try:
        with _naming(path):
            beside.mkdir(parents=True)
            yield beside
        if path.exists():  # renamed, not removed first: a kill in between would leave a part of it
            shutil.rmtree(former, ignore_errors=True)
            path.rename(former)
        beside.rename(path)
        shutil.rmtree(former, ignore_errors=True)
    finally:
        shutil.rmtree(beside, ignore_errors=True)


@contextmanager
def _replacing_file(path: Path) -> Iterator[Path]:
    """The same for a file."""
    beside = path.with_name(f".{path.name}.new")
    try:
        with _naming(path):
            path.parent.mkdir(parents=True, exist_ok=True)
            yield beside
            beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)


@contextmanager
def _naming(path: Path) -> Iterator[None]:
    """Gives an error of writing the name that libraries leave out: a full disk, say."""
    try:
        yield
    except OSError as error:
        if error.errno is not None and error.filename is None:
            error.filename = str(path)
        raise


def write_json(path: Path, value: object) -> None:
    """Writes sorted, indented JSON at once or not at all."""
    with _replacing_file(path) as beside:
        beside.write_text(json.dumps(value, indent=2, sort_keys=True, ensure_ascii=False) + "\n", encoding="utf-8")


def read_json(path: Path) -> Any:
    """The value that `write_json` wrote. Raises BlindspotError where there is none."""
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise BlindspotError(f"{path} cannot be read ({error})", _made_by(path)) from None


def write_frame(path: Path, frame: pd.DataFrame, compression: Literal["snappy", "zstd"] = "snappy") -> None:
    """Writes Parquet at once or not at all; the same rows give the same bytes. zstd: for long texts."""
    with _replacing_file(path) as beside:
        frame.to_parquet(beside, index=False, compression=compression)


def write_csv(path: Path, frame: pd.DataFrame) -> None:
    """Writes CSV, which `dvc plots` reads, at once or not at all."""
    with _replacing_file(path) as beside:
        frame.to_csv(beside, index=False)


def read_frame(path: Path) -> pd.DataFrame:
    """The frame that `write_frame` wrote. Raises BlindspotError where there is none."""
    try:
        return pd.read_parquet(path)
    except (OSError, ValueError) as error:
        raise BlindspotError(f"{path} cannot be read ({error})", _made_by(path)) from None


def to_frame(records: Sequence[Any]) -> pd.DataFrame:
    """A frame with a row for each frozen record."""
    return pd.DataFrame([asdict(record) for record in records])


def read_images(split: str, root: Path = IMAGES) -> list[Image]:
    """The images of one split, in a fixed order. Raises BlindspotError where the split is absent or empty."""
    if split not in SPLITS:
        raise BlindspotError(f"there is no split {split!r}", f"name one of {', '.join(SPLITS)}")
    metadata = root / split / METADATA
    try:
        rows = [json.loads(line) for line in metadata.read_text(encoding="utf-8").splitlines()]
    except (OSError, ValueError) as error:
        raise BlindspotError(f"{metadata} cannot be read ({error})", _made_by(metadata)) from None
    if not rows:
        raise BlindspotError(f"the {split} split is empty", "raise prepare.splits or give more images")
    images = [Image(row["image_id"], metadata.parent / row["file_name"], split, row.get("scene")) for row in rows]
    for image in images:
        if not image.path.is_file():
            raise BlindspotError(f"image {image.path} is missing", _made_by(image.path))
    return images


def digest(*paths: Path) -> str:
    """A short hash of what lies in files and folders, names included. Raises BlindspotError where one is missing."""
    total = hashlib.sha256()
    for path in paths:
        files = sorted(path.rglob("*")) if path.is_dir() else [path]
        for file in files:
            if "__pycache__" in file.parts or file.is_dir():
                continue
            if not file.is_file():
                raise BlindspotError(f"{file} is missing", _made_by(file))
            total.update(str(file.relative_to(path.parent)).encode() + b"\0" + file.read_bytes())
    return total.hexdigest()[:16]


def work_key(stage: str) -> str:
    """A hash of everything that stage depends on by dvc.yaml: params, code, data, models."""
    values = yaml.safe_load(Path("params.yaml").read_text(encoding="utf-8"))
    spec = yaml.safe_load(Path("dvc.yaml").read_text(encoding="utf-8"))["stages"][stage]
    deps = [Path(_fill(dep, values)) for dep in spec.get("deps", [])]
    sections = {section: values.get(section) for section in spec.get("params", [])}
    return hashlib.sha256((digest(*deps) + json.dumps(sections, sort_keys=True)).encode()).hexdigest()[:16]


def _fill(text: str, values: dict[str, Any]) -> str:
    """Replaces ${section.key} by its value, as DVC does."""

    def value(match: re.Match[str]) -> str:
        found: Any = values
        for key in match[1].split("."):
            found = found[key]
        return str(found)

    return re.sub(r"\$\{([\w.]+)\}", value, text)


def _made_by(path: Path) -> str:
    return f"`dvc checkout {path}` brings it back, `dvc repro` makes it anew"
