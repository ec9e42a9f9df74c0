"""Two nodes on the loopback address, with one process each: `blindspot.launch` on both, DDP over gloo."""

import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pandas as pd
import psutil  # type: ignore[import-untyped]
import pytest
import yaml

from tests.project import REPOSITORY, copy, embedded_project, environment, run_stage, write_discovered

pytestmark = pytest.mark.slow

SMALL = {
    "prepare": {"splits": {"train": 4, "validation": 16, "test": 16}},
    "explore": {"calls": 20},  # too few for modes
    "train": {"steps": 4, "checkpoint_every": 2, "images_per_step": 2, "num_generations": 4},
    "harvest": {"calls": 300, "batch_size": 64},  # more than one block, so that both nodes ask
    "launch": {"config": "nodes.yaml", "threads": 1},
}
LIMIT = 400  # seconds for a stage


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project in which prepare and explore have run, with the configuration of several nodes, on CPUs."""
    project = embedded_project(tmp_path_factory.mktemp("nodes") / "prepared", **SMALL)
    config = yaml.safe_load((REPOSITORY / "configs/accelerate/multi_node.yaml").read_text("utf-8"))
    (project / "nodes.yaml").write_text(yaml.safe_dump(config | {"use_cpu": True}), "utf-8")
    for stage in ("prepare", "explore"):
        assert run_stage(project, stage).returncode == 0
    return project


@pytest.fixture(scope="module")
def trained(prepared: Path) -> Path:
    """The same project, trained on two nodes without an interruption."""
    project = copy(prepared, "trained")
    for node in start_nodes(project, "train"):
        ended(node)
    return project


def start_nodes(project: Path, stage: str) -> list["subprocess.Popen[str]"]:
    """Starts a stage on two nodes of this machine."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    shared = {"NNODES": "2", "MASTER_ADDR": "127.0.0.1", "MASTER_PORT": str(port), "OMP_NUM_THREADS": "1"}
    return [
        subprocess.Popen(
            [sys.executable, "-m", "blindspot.launch", "-m", f"stages.{stage}"],
            cwd=project,
            env=environment(project) | shared | {"NODE_RANK": str(rank)},
            stdout=(project / f"node{rank}.txt").open("w"),
            stderr=subprocess.STDOUT,
            text=True,
        )
        for rank in (0, 1)
    ]


def ended(node: "subprocess.Popen[str]", status: int = 0) -> None:
    assert (node.wait(LIMIT) != 0) == (status != 0)


def kill_process_of(node: "subprocess.Popen[str]") -> None:
    """Kills the process that a node runs the stage in, not the launcher."""
    workers = psutil.Process(node.pid).children(recursive=True)
    next(one for one in workers if "stages.train" in one.cmdline()).send_signal(signal.SIGKILL)


def rewards(project: Path) -> bytes:
    return (project / "metrics/rewards.csv").read_bytes()


def weights(project: Path) -> bytes:
    return (project / "models/questioner/model.safetensors").read_bytes()


def test_two_nodes_harvest_the_bytes_of_one_process(prepared: Path) -> None:
    one, two = copy(prepared, "one"), copy(prepared, "two")
    for project in (one, two):
        shutil.copytree(REPOSITORY / "models/scenes-questioner", project / "models/questioner")
        write_discovered(project, "counting", "judging positions", "comparing counts (more)")
    assert run_stage(one, "harvest").returncode == 0
    for node in start_nodes(two, "harvest"):
        ended(node)
    name = "data/rollouts/rollouts.parquet"
    assert (one / name).read_bytes() == (two / name).read_bytes()
    assert pd.read_parquet(one / name)["mode_id"].dropna().nunique() == 3


def test_two_nodes_train_as_two_processes_of_one_node(prepared: Path, trained: Path) -> None:
    project = copy(prepared, "one_node")
    shutil.copy(REPOSITORY / "configs/accelerate/cpu_two.yaml", project / "nodes.yaml")
    command = [sys.executable, "-m", "blindspot.launch", "-m", "stages.train"]
    env = environment(project) | {"OMP_NUM_THREADS": "1"}
    subprocess.run(command, cwd=project, env=env, check=True, timeout=LIMIT, capture_output=True)
    assert list(pd.read_csv(project / "metrics/rewards.csv")["step"]) == [0, 1, 2, 3, 4]
    assert rewards(project) == rewards(trained)
    assert weights(project) == weights(trained), "every loss was the same"


def test_a_training_resumes_after_a_process_of_one_node_was_killed(prepared: Path, trained: Path) -> None:
    project = copy(prepared, "killed")
    nodes = start_nodes(project, "train")
    while not list(project.glob(".work/train/*/checkpoint-2/blindspot.json")):
        assert all(node.poll() is None for node in nodes), "it ended before it could be killed"
        time.sleep(0.01)
    kill_process_of(nodes[1])
    for node in nodes:
        ended(node, status=1)
    for node in start_nodes(project, "train"):
        ended(node)
    assert "resuming from step 2 of 4" in (project / "node0.txt").read_text("utf-8")
    assert weights(project) == weights(trained)
    assert rewards(project) == rewards(trained)
