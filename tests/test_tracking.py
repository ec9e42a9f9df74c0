"""Recording the execution of stages in MLflow."""

import subprocess
import sys
from pathlib import Path

from tests.project import environment, make_project

STAGE = """
from pathlib import Path
from blindspot.tracking import stage_run
with stage_run("toy", Path.cwd() / ".work", {}):
    pass
"""


def test_stages_that_start_together_in_a_new_work_folder_are_all_recorded(tmp_path: Path) -> None:
    project = make_project(tmp_path / "project")
    command = [sys.executable, "-c", STAGE]
    started = [
        subprocess.Popen(command, cwd=project, env=environment(project), stderr=subprocess.PIPE, text=True)
        for _ in range(3)
    ]
    ended = [(process.communicate()[1], process.returncode) for process in started]
    assert [code for _, code in ended] == [0, 0, 0], ended
