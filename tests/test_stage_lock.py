"""One process at a time runs a stage in a folder."""

import subprocess
import sys
from pathlib import Path

import pytest

from blindspot.errors import BlindspotError
from blindspot.stage_lock import stage_lock
from tests.project import environment, error_line, files, make_project, run_stage

HOLD = """
import sys
from blindspot.stage_lock import stage_lock
with stage_lock("prepare"):
    print("held", flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def holder(tmp_path: Path) -> "subprocess.Popen[str]":
    project = make_project(tmp_path / "project")
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD], cwd=project, env=environment(project), text=True,
        stdin=subprocess.PIPE, stdout=subprocess.PIPE,
    )  # fmt: skip
    assert process.stdout is not None and process.stdout.readline() == "held\n"
    return process


def test_a_second_start_names_the_process_that_runs_and_touches_nothing(
    holder: "subprocess.Popen[str]", tmp_path: Path
) -> None:
    project = tmp_path / "project"
    line = error_line(run_stage(project, "prepare"))
    assert f"the stage prepare already runs in {project} (process {holder.pid})" in line
    assert f"`kill {holder.pid}`" in line
    assert [*files(project / "data")] == ["budget.json"]
    holder.communicate("")


def test_the_lock_of_a_killed_process_is_free(
    holder: "subprocess.Popen[str]", tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    holder.kill()
    holder.communicate()
    monkeypatch.chdir(tmp_path / "project")
    with stage_lock("prepare"):
        pass


def test_folders_and_stages_have_locks_of_their_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BLINDSPOT_WORK", str(tmp_path / "work"))
    monkeypatch.chdir(tmp_path)
    with stage_lock("prepare"), stage_lock("verify"):
        with pytest.raises(BlindspotError, match="already runs"), stage_lock("prepare"):
            pass
        (tmp_path / "clone").mkdir()
        monkeypatch.chdir(tmp_path / "clone")
        with stage_lock("prepare"):
            pass
