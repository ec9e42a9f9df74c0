"""`blindspot ask` asks the question of a rollout again, or another one about its image."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.project import REPOSITORY, environment, error_line, files, make_project, make_rollouts, run_stage


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project with two verified rollouts, whose answer the candidate does not give."""
    project = make_project(tmp_path_factory.mktemp("finished"))
    (project / "models").symlink_to(REPOSITORY / "models")
    make_rollouts(project)
    assert run_stage(project, "verify").returncode == 0
    return project


def ask(project: Path, *words: str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "flows.ask", *words]
    return subprocess.run(command, cwd=project, env=environment(project), capture_output=True, text=True, check=False)


def test_the_question_is_asked_again_and_the_run_stays_as_it_is(finished: Path) -> None:
    before = files(finished / "data")
    done = ask(finished, "trained-0")
    assert done.returncode == 0, done.stderr
    recorded, now = done.stdout.split("\nnow\n")
    assert "question:  how many things are there ?" in recorded and "  answer:    7\n" in recorded
    assert "  answer:    7\n" not in now and "  raw reply: " in now
    reference = next(line for line in recorded.splitlines() if "reference:" in line)
    assert reference in now.splitlines()
    assert files(finished / "data") == before


def test_another_question_has_its_own_verdict(finished: Path) -> None:
    done = ask(finished, "trained-0", "--question", "tell me a story")
    assert "in the run" not in done.stdout
    assert "  outcome:   invalid" in done.stdout and "prompt:    tell me a story" in done.stdout


def test_an_unknown_rollout_is_one_line(finished: Path) -> None:
    assert "the run has no rollout trained-9: name one such as trained-0" in error_line(ask(finished, "trained-9"))


def test_a_folder_without_a_run_is_one_line(tmp_path: Path) -> None:
    assert "holds no finished run" in error_line(ask(make_project(tmp_path), "trained-0"))
