"""The addresses of MLflow's and Prefect's pages: those of the `make ui` that is up, else those it will have."""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

import psutil  # type: ignore[import-untyped]

HOST = "127.0.0.1"
MLFLOW_PORT = 5000
PREFECT_PORT = 4200
FILE = Path("pages.json")


@dataclass(frozen=True)
class Pages:
    """Where both tools answer."""

    mlflow: str
    prefect: str


def at(mlflow_port: int, prefect_port: int) -> Pages:
    """The pages on these ports."""
    return Pages(f"http://{HOST}:{mlflow_port}", f"http://{HOST}:{prefect_port}")


DEFAULT = at(MLFLOW_PORT, PREFECT_PORT)


@contextmanager
def announced(pages: Pages, work: Path) -> Iterator[None]:
    """Tells other processes of this work folder where the pages are, while the block runs."""
    path = work / FILE
    beside = path.with_suffix(".new")
    text = json.dumps(asdict(pages) | {"pid": os.getpid(), "started": psutil.Process().create_time()})
    beside.write_text(text, encoding="utf-8")
    beside.replace(path)
    try:
        yield
    finally:
        if path.exists() and path.read_text(encoding="utf-8") == text:  # not those of a later `make ui`
            path.unlink()


def opened(work: Path) -> Pages | None:
    """The pages that are up. A `make ui` that was killed leaves its file, and others may have its ports by now."""
    try:
        told = json.loads((work / FILE).read_text(encoding="utf-8"))
        if psutil.Process(told["pid"]).create_time() != told["started"]:
            return None
        return Pages(told["mlflow"], told["prefect"])
    except (OSError, ValueError, KeyError, TypeError, psutil.Error):
        return None
