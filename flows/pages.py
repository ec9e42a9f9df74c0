"""The addresses of the pages of MLflow and Prefect: those of a running `make ui`, otherwise the default ones."""

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
    """The addresses of both tools."""

    mlflow: str
    prefect: str


def pages_at(mlflow_port: int, prefect_port: int) -> Pages:
    """Returns the addresses on these ports of this machine."""
    return Pages(f"http://{HOST}:{mlflow_port}", f"http://{HOST}:{prefect_port}")


DEFAULT = pages_at(MLFLOW_PORT, PREFECT_PORT)


@contextmanager
def published(pages: Pages, work: Path) -> Iterator[None]:
    """Publishes the addresses to other processes through a file in the work folder, while the block runs."""
    path = work / FILE
    new = path.with_suffix(".new")
    text = json.dumps(asdict(pages) | {"pid": os.getpid(), "started": psutil.Process().create_time()})
    new.write_text(text, encoding="utf-8")
    new.replace(path)
    try:
        yield
    finally:
        if path.exists() and path.read_text(encoding="utf-8") == text:  # not the file of a later `make ui`
            path.unlink()


def running_pages(work: Path) -> Pages | None:
    """Returns the addresses of the running `make ui`; None where none is running.

    A killed `make ui` leaves its file behind, and its process number may belong to another process by now.
    """
    try:
        content = json.loads((work / FILE).read_text(encoding="utf-8"))
        if psutil.Process(content["pid"]).create_time() != content["started"]:
            return None
        return Pages(content["mlflow"], content["prefect"])
    except (OSError, ValueError, KeyError, TypeError, psutil.Error):
        return None
