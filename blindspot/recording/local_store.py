"""Creates MLflow's database in the work folder: `python -m blindspot.recording.local_store WORK`.

A kill or a full disk never leaves a broken database.
"""

import argparse
import logging
import os
import sqlite3
from contextlib import closing, suppress
from pathlib import Path

from filelock import FileLock

from blindspot.errors import run

SCHEME = "sqlite:///"
DATABASE = Path("mlflow") / "mlflow.db"
ARTIFACTS = Path("mlflow") / "artifacts"


def local_uri(work: Path) -> str:
    """Returns the tracking URI of the database in the work folder."""
    return f"{SCHEME}{work / DATABASE}"


def create_database(work: Path) -> None:
    """Creates the database where there is none, under another name that it loses at the end.

    A database without any run that cannot be opened (an interrupted creation by other means) is set aside as
    mlflow.db.broken and replaced.
    """
    path = work / DATABASE
    path.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(path.with_name("store.lock")):  # two processes cannot create it at once
        if path.exists() and _is_unfinished(path):
            path.replace(path.with_name(f"{path.name}.broken"))
        if not path.exists():
            _create(path, (work / ARTIFACTS).as_uri())


def main() -> None:
    """Creates the database of one work folder."""
    parser = argparse.ArgumentParser(prog="python -m blindspot.recording.local_store", description=__doc__)
    parser.add_argument("work", type=Path, help="the work folder")
    create_database(parser.parse_args().work.resolve())


def _create(path: Path, artifacts: str) -> None:
    level = os.environ.setdefault("MLFLOW_LOGGING_LEVEL", "WARNING")  # read at import
    from mlflow.store.tracking.sqlalchemy_store import SqlAlchemyStore

    logging.getLogger("mlflow").setLevel(level)  # it may have been imported before
    new = path.with_name(f".{path.name}.new")
    _delete(new)
    try:
        SqlAlchemyStore(f"{SCHEME}{new}", artifacts).engine.dispose()
        new.replace(path)
    finally:
        _delete(new)


def _delete(path: Path) -> None:
    for name in (path.name, f"{path.name}-journal", f"{path.name}-wal", f"{path.name}-shm"):
        path.with_name(name).unlink(missing_ok=True)


def _is_unfinished(path: Path) -> bool:
    """Returns whether the database has no run and lacks the schema that MLflow writes last."""
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as database:
        try:
            tables = {name for (name,) in database.execute("select name from sqlite_master where type = 'table'")}
            if "runs" in tables and database.execute("select 1 from runs limit 1").fetchone():
                return False
            versions = database.execute("select version_num from alembic_version").fetchall()
        except sqlite3.OperationalError as error:  # no such table
            return "no such table" in str(error)
        except sqlite3.DatabaseError:  # not a database
            return True
    with suppress(ImportError):
        from mlflow.store.db.utils import _get_latest_schema_revision

        # Of an older version of MLflow with no run in it: nothing is lost by a new one.
        return versions != [(_get_latest_schema_revision(),)]
    return False


if __name__ == "__main__":
    run(main, takes_arguments=True)
