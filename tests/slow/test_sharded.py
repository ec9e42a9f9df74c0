"""A questioner whose weights are sharded (FSDP2) over two CPU processes: trained, evaluated, resumed, handed over."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pandas as pd
import psutil  # type: ignore[import-untyped]
import pytest
import torch
from safetensors.torch import load_file

from blindspot.models.local import LocalVLM
from blindspot.prompts.files import embedded_prompts
from blindspot.questioner.prompts import question_prompt
from blindspot.store import read_images
from tests.project import copy, embedded_project, environment, run_stage

pytestmark = pytest.mark.slow

SMALL = {
    "prepare": {"splits": {"train": 4, "validation": 4, "test": 4}},
    "explore": {"calls": 0},
    "train": {"steps": 4, "checkpoint_every": 2, "images_per_step": 2, "num_generations": 4},
}
#: The keys of configs/accelerate/fsdp.yaml, as accelerate passes them to a process.
FSDP = {
    "ACCELERATE_USE_FSDP": "true",
    "FSDP_VERSION": "2",
    "FSDP_AUTO_WRAP_POLICY": "TRANSFORMER_BASED_WRAP",
    "FSDP_RESHARD_AFTER_FORWARD": "true",
    "FSDP_OFFLOAD_PARAMS": "false",
    "FSDP_CPU_RAM_EFFICIENT_LOADING": "false",
    "FSDP_STATE_DICT_TYPE": "FULL_STATE_DICT",
}


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project in which prepare and explore have run."""
    project = embedded_project(tmp_path_factory.mktemp("sharded") / "prepared", **SMALL)
    for stage in ("prepare", "explore"):
        assert run_stage(project, stage).returncode == 0
    return project


@pytest.fixture(scope="module")
def sharded(prepared: Path) -> Path:
    """The same project, trained with sharded weights, without an interruption."""
    return finished(copy(prepared, "sharded"))


def start(project: Path, module: str = "tests.slow.sharded_on_cpus", **variables: str) -> "subprocess.Popen[str]":
    launch = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc_per_node", "2", "-m", module]
    env = environment(project) | {"ACCELERATE_USE_CPU": "true", "OMP_NUM_THREADS": "1"} | variables
    log = (project / "train.txt").open("w")
    return subprocess.Popen(launch, cwd=project, env=env, stdout=log, stderr=subprocess.STDOUT, text=True)


def finished(project: Path) -> Path:
    status = start(project, **FSDP).wait(500)
    assert status == 0, said(project)[-3000:]
    assert "weights after step 4" in said(project)
    return project


def said(project: Path) -> str:
    return (project / "train.txt").read_text("utf-8")


def weights(project: Path) -> dict[str, torch.Tensor]:
    return load_file(project / "models/questioner/model.safetensors")


def test_each_process_holds_a_part_of_each_large_weight(sharded: Path) -> None:
    """The module `sharded_on_cpus` asserts it after each step, on both processes."""
    steps = [f"weights after step {step}\n" for step in (1, 2, 3, 4)]
    assert [said(sharded).count(step) for step in steps] == [2, 2, 2, 2]


def test_the_questioner_is_handed_over_whole_and_asks(prepared: Path, sharded: Path) -> None:
    base, trained = load_file(prepared / "models/scenes-questioner/model.safetensors"), weights(sharded)
    assert {name: one.shape for name, one in base.items()} == {name: one.shape for name, one in trained.items()}
    assert not all(base[name].equal(trained[name]) for name in base)
    images = read_images("test", sharded / "data/images")
    prompts = [question_prompt(embedded_prompts("questioner"))] * len(images)
    assert images and all(one.text for one in LocalVLM(sharded / "models/questioner").complete(images, prompts, 4, 96))


def test_each_checkpoint_is_evaluated(sharded: Path) -> None:
    rewards = pd.read_csv(sharded / "metrics/rewards.csv")
    assert list(rewards.loc[rewards["valid_rate"].notna(), "step"]) == [0, 2, 4]


def test_the_first_step_and_the_trained_weights_are_those_of_whole_weights(prepared: Path, sharded: Path) -> None:
    """Sums in another order change the last bits only."""
    whole = copy(prepared, "whole")
    assert start(whole, "stages.train").wait(500) == 0, said(whole)[-3000:]
    ours, theirs = (pd.read_csv(project / "metrics/rewards.csv") for project in (sharded, whole))
    pd.testing.assert_frame_equal(ours[ours["step"] <= 1], theirs[theirs["step"] <= 1])
    for name, one in weights(whole).items():
        torch.testing.assert_close(weights(sharded)[name], one, atol=1e-4, rtol=0)


def test_a_training_of_which_one_process_is_killed_resumes(prepared: Path, sharded: Path) -> None:
    project = copy(prepared, "killed")
    launcher = start(project, **FSDP)
    while not list(project.glob(".work/train/*/checkpoint-2/blindspot.json")):
        assert launcher.poll() is None, said(project)[-3000:]
        time.sleep(0.01)
    workers = [one for one in psutil.Process(launcher.pid).children() if "tests.slow.sharded_on_cpus" in one.cmdline()]
    os.kill(workers[-1].pid, signal.SIGKILL)
    assert launcher.wait(100) != 0
    finished(project)
    assert "train: resuming from step 2 of 4" in said(project)
    for name, one in weights(sharded).items():
        torch.testing.assert_close(weights(project)[name], one, atol=1e-6, rtol=0)
    assert (project / "metrics/rewards.csv").read_bytes() == (sharded / "metrics/rewards.csv").read_bytes()
