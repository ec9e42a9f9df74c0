"""The command `blindspot`, as a user runs it: in processes of its own."""

import subprocess
import sys
import time
from pathlib import Path

import pytest

from blindspot.cli import MODULES
from tests.project import REPOSITORY, environment, files

COMMAND = [sys.executable, "-m", "blindspot.cli"]


def blindspot(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*COMMAND, *words], cwd=folder, env=environment(folder), capture_output=True, text=True, check=False
    )


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A folder that has what the root of a checkout has."""
    for name in (
        "dvc.yaml",
        "params.yaml",
        "flows",
        "stages",
        "lab",
        "models",
        "configs",
        "recipes",
        "requirements.lock",
    ):
        (tmp_path / name).symlink_to(REPOSITORY / name)
    return tmp_path


def test_help_names_every_command_and_takes_half_a_second(tmp_path: Path) -> None:
    done = min(_timed(tmp_path) for _ in range(3))
    assert done[0] <= 0.5
    assert all(f"  {name}" in done[1] for name in MODULES) and "Examples:" in done[1]


def _timed(folder: Path) -> tuple[float, str]:
    start = time.monotonic()
    done = blindspot(folder, "--help")
    assert done.returncode == 0, done.stderr
    return time.monotonic() - start, done.stdout


@pytest.mark.parametrize("name", MODULES)
def test_help_of_a_command_comes_from_its_module_and_starts_nothing(name: str, checkout: Path) -> None:
    before = {*checkout.iterdir()}
    done = blindspot(checkout, name, "--help")
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith(f"usage: blindspot {name}") and f"  blindspot {name}" in done.stdout, done.stdout
    assert {*checkout.iterdir()} == before


def test_outside_of_a_checkout_it_says_where_to_run_it(tmp_path: Path) -> None:
    done = blindspot(tmp_path, "discover", "-P", "seed=1")
    assert done.returncode == 1
    assert done.stderr == f"error: {tmp_path} is not a checkout of Blindspot: change to its root folder\n"
    assert files(tmp_path) == {}


def test_config_prints_the_parameters_with_recipe_and_changes(checkout: Path) -> None:
    done = blindspot(checkout, "config", "-R", "recipes/one_gpu.yaml", "-P", "train.steps=7", "train")
    assert done.returncode == 0, done.stderr
    assert "  steps: 7\n" in done.stdout and done.stdout.startswith("train:\n")
    wrong = blindspot(checkout, "config", "nothing")
    assert wrong.returncode == 1 and wrong.stderr.startswith(
        "error: params.yaml has no section nothing: it has seed, "
    )


def test_the_exit_code_and_the_error_are_those_of_the_module(checkout: Path) -> None:
    done = blindspot(checkout, "discover", "-P", "train.stepz=3")
    assert done.returncode == 1
    assert done.stderr.startswith("error: the parameters: train.stepz is unknown, did you mean train.steps?")
    assert done.stderr.count("\n") == 1
