"""The database of MLflow in a new work folder."""

import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from blindspot.recording.local_store import DATABASE, create_database
from tests.project import environment

CREATE = [sys.executable, "-m", "blindspot.recording.local_store"]
KILLED = """
import os, signal, sys
from pathlib import Path
from mlflow.store.db import utils
from blindspot.recording.local_store import create_database
utils._upgrade_db = lambda engine: os.kill(os.getpid(), signal.SIGKILL)
create_database(Path(sys.argv[1]))
"""


@pytest.mark.slow
def test_a_kill_in_the_middle_of_the_creation_leaves_no_database_and_the_next_start_creates_it(tmp_path: Path) -> None:
    done = subprocess.run([sys.executable, "-c", KILLED, str(tmp_path)], env=environment(tmp_path), check=False)
    assert done.returncode == -9
    assert not (tmp_path / DATABASE).exists() and (tmp_path / DATABASE).with_name(".mlflow.db.new").exists()
    subprocess.run([*CREATE, str(tmp_path)], env=environment(tmp_path), check=True)
    with sqlite3.connect(tmp_path / DATABASE) as database:
        assert database.execute("select name from experiments").fetchall() == [("Default",)]
    assert not (tmp_path / DATABASE).with_name(".mlflow.db.new").exists()


@pytest.mark.slow
@pytest.mark.parametrize("content", [b"", b"no database at all", None])
def test_a_broken_database_without_runs_is_replaced(content: bytes | None, tmp_path: Path) -> None:
    (tmp_path / DATABASE).parent.mkdir()
    if content is None:
        with sqlite3.connect(tmp_path / DATABASE) as database:
            database.execute("create table runs (run_uuid)")
    else:
        (tmp_path / DATABASE).write_bytes(content)
    create_database(tmp_path)
    with sqlite3.connect(tmp_path / DATABASE) as database:
        assert database.execute("select name from experiments").fetchall() == [("Default",)]
    assert (tmp_path / "mlflow" / "mlflow.db.broken").exists()


def test_a_database_with_runs_is_kept_whatever_its_version(tmp_path: Path) -> None:
    (tmp_path / DATABASE).parent.mkdir()
    with sqlite3.connect(tmp_path / DATABASE) as database:
        database.execute("create table runs (run_uuid)")
        database.execute("insert into runs values ('a')")
    before = (tmp_path / DATABASE).read_bytes()
    create_database(tmp_path)
    assert (tmp_path / DATABASE).read_bytes() == before
