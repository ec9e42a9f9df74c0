"""Starting stages under accelerate, whatever the name of its config file is."""

import subprocess
import sys
from pathlib import Path

import pytest

from blindspot.errors import BlindspotError
from blindspot.launch import command
from blindspot.params import LaunchParams
from tests.project import REPOSITORY, environment, error_line, make_project

NODES = REPOSITORY / "configs/accelerate/multi_node.yaml"
JOB = {
    "SLURM_JOB_ID": "1234567",
    "SLURM_JOB_NUM_NODES": "3",
    "SLURM_JOB_NODELIST": "gpu[07-08,12]-ib",
    "SLURM_NODEID": "0",
}
UNUSUAL = "a file; touch ran $(touch ran) 'x.yaml"


def test_a_config_is_one_argument_whatever_its_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path(UNUSUAL).write_text("num_processes: 1", "utf-8")
    words = command(LaunchParams(config=UNUSUAL, threads=3), "stages.train", {})
    assert words[:3] == [sys.executable, "-m", "accelerate.commands.launch"]
    assert words[-4:] == ["--num_cpu_threads_per_process=3", f"--config_file={UNUSUAL}", "-m", "stages.train"]


def test_a_missing_config_is_named() -> None:
    with pytest.raises(BlindspotError, match=r"^launch.config: nowhere.yaml is not a file: name a file in"):
        command(LaunchParams(config="nowhere.yaml", threads=1), "stages.train", {})


def test_a_missing_config_gives_one_line(tmp_path: Path) -> None:
    project = make_project(tmp_path / "project", launch={"config": "no; touch ran"})
    result = launch(project, "stages.train")
    assert error_line(result).startswith("error: launch.config: no; touch ran is not a file: ")
    assert not (project / "ran").exists()


@pytest.mark.parametrize("content", ["- a\n", "a: [", ""])
def test_a_config_that_is_no_configuration_is_named(content: str, tmp_path: Path) -> None:
    path = tmp_path / "config.yaml"
    path.write_text(content, "utf-8")
    with pytest.raises(BlindspotError, match=r"^launch\.config: .*config\.yaml (is not YAML|has no keys)"):
        command(LaunchParams(config=str(path), threads=1), "stages.train", {})


def test_several_nodes_without_a_description_give_one_line(tmp_path: Path) -> None:
    project = make_project(tmp_path / "project", launch={"config": str(NODES)})
    assert error_line(launch(project, "stages.train")).startswith("error: launch.config takes the nodes from the env")


def test_the_batch_script_of_a_job_starts_the_stage_on_each_of_its_nodes() -> None:
    words = command(LaunchParams(config=str(NODES), threads=1), "stages.train", JOB)
    step = ["srun", "--nodes=3", "--ntasks=3", "--ntasks-per-node=1", "--kill-on-bad-exit=1"]
    assert words == [*step, sys.executable, "-m", "blindspot.launch", "-m", "stages.train"]


def test_a_task_of_a_job_starts_the_processes_of_its_node() -> None:
    task = JOB | {"SLURM_STEP_ID": "0", "SLURM_STEP_NUM_NODES": "3", "SLURM_NODEID": "2", "SLURM_GPUS_ON_NODE": "8"}
    words = command(LaunchParams(config=str(NODES), threads=1), "stages.train", task)
    assert words[2] == "accelerate.commands.launch" and set(words) >= {
        "--num_machines=3",
        "--machine_rank=2",
        "--num_processes=24",
        "--main_process_ip=gpu07-ib",
        "--main_process_port=24567",
    }


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
