"""Starting stages under accelerate, whatever the name of its config file is."""

import subprocess
import sys
from pathlib import Path

import pytest

from blindspot.errors import BlindspotError
from blindspot.launch import command
from blindspot.params import LaunchParams
from tests.project import REPOSITORY, environment, error_line, make_project

UNUSUAL = "a file; touch ran $(touch ran) 'x.yaml"


def test_a_config_is_one_argument_whatever_its_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path(UNUSUAL).touch()
    words = command(LaunchParams(config=UNUSUAL, threads=3), "stages.train")
    assert words[:3] == [sys.executable, "-m", "accelerate.commands.launch"]
    assert words[-4:] == ["--num_cpu_threads_per_process=3", f"--config_file={UNUSUAL}", "-m", "stages.train"]


def test_a_missing_config_is_named() -> None:
    with pytest.raises(BlindspotError, match=r"^launch.config: nowhere.yaml is not a file: name a file in"):
        command(LaunchParams(config="nowhere.yaml", threads=1), "stages.train")


def test_a_missing_config_gives_one_line(tmp_path: Path) -> None:
    project = make_project(tmp_path / "project", launch={"config": "no; touch ran"})
    result = launch(project, "stages.train")
    assert error_line(result).startswith("error: launch.config: no; touch ran is not a file: ")
    assert not (project / "ran").exists()


@pytest.mark.slow
def test_dvc_runs_a_launched_stage_whatever_the_name_of_its_config(tmp_path: Path) -> None:
    project = make_project(tmp_path / "project", launch={"config": UNUSUAL, "threads": 2})
    (project / UNUSUAL).write_bytes((REPOSITORY / "configs/accelerate/cpu.yaml").read_bytes())
    (project / "threads.py").write_text(
        "import os; open('threads.txt', 'w').write(os.environ['OMP_NUM_THREADS'])", "utf-8"
    )
    (project / "dvc.yaml").write_text(PIPELINE, "utf-8")
    for words in (["init", "--no-scm", "--quiet"], ["repro"]):
        done = run(project, "-m", "dvc", *words)
        assert done.returncode == 0, done.stderr
    assert (project / "threads.txt").read_text("utf-8") == "2"
    assert not (project / "ran").exists()
    (project / UNUSUAL).write_text("distributed_type: 'NO'\nuse_cpu: true\n", "utf-8")
    assert "changed deps" in run(project, "-m", "dvc", "status").stdout


PIPELINE = """
stages:
  threads:
    cmd: python -m blindspot.launch -m threads
    deps: ["${launch.config}"]
    params: [launch.threads]
    outs: [threads.txt]
"""


def launch(project: Path, module: str) -> subprocess.CompletedProcess[str]:
    return run(project, "-m", "blindspot.launch", "-m", module)


def run(project: Path, *words: str) -> subprocess.CompletedProcess[str]:
    path = {"PATH": f"{Path(sys.executable).parent}:/usr/bin:/bin"}  # dvc.yaml says `python`
    command = [sys.executable, *words]
    variables = environment(project) | path
    return subprocess.run(
        command, cwd=project, env=variables, capture_output=True, text=True, timeout=120, check=False
    )
