"""The DVC remote: a run pushes to it, and a fresh clone pulls the report from it."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from flows.remote import push
from tests.project import files


def call(folder: Path, *words: str) -> str:
    command = [sys.executable, "-m", *words] if words[0] == "dvc" else [*words]
    done = subprocess.run(command, cwd=folder, check=True, capture_output=True, text=True)
    assert "ERROR" not in done.stdout + done.stderr
    return done.stdout


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A repository with a finished stage that writes a report."""
    root = tmp_path / "project"
    root.mkdir()
    call(root, "git", "init", "-q")
    call(root, "dvc", "init", "-q")
    stage = "stages:\n  report:\n    cmd: mkdir -p reports && echo found > reports/index.html\n    outs: [reports]\n"
    (root / "dvc.yaml").write_text(stage, encoding="utf-8")
    call(root, "dvc", "repro", "-q")
    return root


def test_without_a_remote_nothing_is_said(project: Path) -> None:
    push(project, pytest.fail)


def test_a_fresh_clone_pulls_the_report_and_runs_nothing(project: Path, tmp_path: Path) -> None:
    call(project, "dvc", "remote", "add", "-q", "-d", "store", str(tmp_path / "store"))
    said = list[str]()
    push(project, said.append)
    assert said == ["the outputs are in the DVC remote store"]
    call(project, "git", "add", "-A")
    call(project, "git", "-c", "user.name=a", "-c", "user.email=a@b.c", "commit", "-q", "-m", "run")
    clone = tmp_path / "clone"
    call(tmp_path, "git", "clone", "-q", str(project), str(clone))
    shutil.rmtree(project)
    call(clone, "dvc", "pull", "-q")
    assert files(clone / "reports") == {"index.html": b"found\n"}
    assert "didn't change, skipping" in call(clone, "dvc", "repro")


def test_a_remote_that_cannot_be_written_is_one_warning(project: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder", encoding="utf-8")
    call(project, "dvc", "remote", "add", "-q", "-d", "store", str(tmp_path / "file" / "store"))
    said = list[str]()
    push(project, said.append)
    assert len(said) == 1 and said[0].startswith("warning: the outputs are not in the DVC remote store (")
    assert "\n" not in said[0] and said[0].endswith(f"run `dvc push` in {project}")
