"""The benches, as far as nothing is run."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from flows.bench import make_store
from tests.project import environment, make_project

STAGE = """
from pathlib import Path
from blindspot.tracking import stage_run
with stage_run("toy", Path.cwd() / ".work", {}):
    pass
"""


def test_runs_that_start_at_once_find_a_store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("MLFLOW_TRACKING_URI", raising=False)
    project = make_project(tmp_path / "project")
    make_store(project / ".work")
    assert "MLFLOW_TRACKING_URI" not in os.environ  # else artifacts would go elsewhere
    command = [sys.executable, "-c", STAGE]
    started = [
        subprocess.Popen(command, cwd=project, env=environment(project), stderr=subprocess.PIPE, text=True)
        for _ in range(3)
    ]
    ended = [(process.communicate()[1], process.returncode) for process in started]
    assert [code for _, code in ended] == [0, 0, 0], ended
