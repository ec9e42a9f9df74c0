"""Two ranks on CPUs, with `accelerate launch`."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from blindspot.distributed import BLOCK
from blindspot.images.image_set import write_image_set
from blindspot.images.sources import SourceParams, choose_source
from tests.project import REPOSITORY, environment

pytestmark = pytest.mark.slow


def harvested(folder: Path, config: str) -> None:
    launch = [sys.executable, "-m", "accelerate.commands.launch", "--num_cpu_threads_per_process", "1"]
    command = [*launch, "--config_file", f"configs/accelerate/{config}.yaml", "-m", "tests.slow.sharing", str(folder)]
    env = environment(folder) | {"ACCELERATE_USE_CPU": "true", "OMP_NUM_THREADS": "1"}
    done = subprocess.run(
        command,
        cwd=REPOSITORY,
        env=env,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
        stdin=subprocess.DEVNULL,
    )
    assert done.returncode == 0, done.stderr


def test_two_ranks_harvest_the_same_as_one_and_each_asks_only_its_share(tmp_path: Path) -> None:
    chosen = SourceParams.model_validate(
        {"source": "scenes", "image_size": 48, "splits": {"train": 1, "validation": 1, "test": 40}}
    )
    write_image_set(*choose_source(chosen, 0), tmp_path / "images")
    for config in ("cpu", "cpu_two"):
        harvested(tmp_path, config)
    one, first, second = (
        json.loads((tmp_path / f"{name}.json").read_text()) for name in ("0-of-1", "0-of-2", "1-of-2")
    )
    assert one["rollouts"] == first["rollouts"] == second["rollouts"] and len(one["rollouts"]) == 520
    assert (one["answered"], first["answered"], second["answered"]) == (520, 520 - BLOCK, BLOCK)
    assert sorted(os.listdir(tmp_path)) == ["0-of-1.json", "0-of-2.json", "1-of-2.json", "images"]
