"""The command that deletes the stored replies of one served model."""

import subprocess
import sys
from pathlib import Path

import pytest

from blindspot.models.calls import Calls
from blindspot.models.description import Server
from blindspot.models.endpoint import model_of
from tests.project import REPOSITORY, environment, error_line

FILE = "kind: endpoint\nbase_url: http://someone:secret@127.0.0.1:8000/v1\nmodel: m\n"


def drop(project: Path, *options: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "flows.drop_replies", *options]
    return subprocess.run(
        command, cwd=project, env=environment(project), capture_output=True, text=True, timeout=60, check=False
    )


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "mine.yaml").write_text(FILE, "utf-8")
    server = Server(kind="endpoint", base_url="http://someone:secret@127.0.0.1:8000/v1", model="m")
    calls = Calls(tmp_path / ".work" / "calls.db")
    calls.put("1", "{}", model_of(server))
    calls.put("2", "{}", model_of(server.model_copy(update={"revision": "2"})))
    calls.put("3", "{}", model_of(server.model_copy(update={"model": "other"})))
    calls._table.execute("INSERT INTO calls VALUES ('4', '{}', NULL)")  # as earlier versions stored it
    return tmp_path


def test_only_replies_of_the_named_model_are_deleted(project: Path) -> None:
    done = drop(project, "mine.yaml")
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[0] == "deleted 2 replies of m at http://127.0.0.1:8000/v1"
    assert "1 replies of an earlier version have no model name; --unnamed" in done.stdout
    calls = Calls(project / ".work" / "calls.db")
    assert [calls.get(key) for key in "1234"] == [None, None, "{}", "{}"]
    assert "deleted 1 replies without the name of a model" in drop(project, "mine.yaml", "--unnamed").stdout
    assert calls.get("4") is None


def test_a_file_of_another_kind_is_refused(project: Path) -> None:
    done = drop(project, str(REPOSITORY / "configs/models/planted.yaml"))
    assert "is of kind planted: name a file of kind endpoint" in error_line(done)
