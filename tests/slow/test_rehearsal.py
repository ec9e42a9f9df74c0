"""Explore tries one training step, under launch.config, before its first call."""

from pathlib import Path
from typing import Any

import pytest

from tests.project import embedded_project, error_line, run_stage

pytestmark = pytest.mark.slow

SMALL: dict[str, dict[str, Any]] = {
    "prepare": {"splits": {"train": 8, "validation": 2, "test": 2}},
    "explore": {"calls": 10},
    "train": {"steps": 2, "images_per_step": 2, "num_generations": 4},
}


def project(folder: Path, **sections: Any) -> Path:
    made = embedded_project(folder, **SMALL | sections)
    assert run_stage(made, "prepare").returncode == 0
    return made


def refusal(made: Path) -> str:
    """Returns the error line of an exploration that has made no call."""
    line = error_line(run_stage(made, "explore"))
    assert not list(made.glob(".work/explore/*/asked.jsonl")) and not (made / "data/explored").exists()
    return line


@pytest.mark.parametrize("config", ["cpu.yaml", "cpu_two.yaml"])
def test_an_error_of_the_training_comes_before_the_first_call(config: str, tmp_path: Path) -> None:
    wrong = SMALL["train"] | {"lora": {"rank": 4, "alpha": 32, "dropout": 0.0, "targets": "no_such_module"}}
    made = project(tmp_path / "project", train=wrong, launch={"config": f"configs/accelerate/{config}"})
    line = refusal(made)
    assert line.startswith("error: the stage train would fail: models/scenes-questioner cannot be trained (")
    assert "Target modules no_such_module not found" in line


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"images_per_step": 9}, "8 training images are fewer than train.images_per_step, 9: lower it"),
        ({"batch_size": 3}, "8 questions per step"),
        (
            {"vllm": {"mode": "colocate", "server": "http://127.0.0.1:8000", "memory": 0.3}},
            "train.vllm.mode colocate requires the package",
        ),
    ],
)
def test_what_train_refuses_explore_refuses(changes: dict[str, Any], expected: str, tmp_path: Path) -> None:
    made = project(tmp_path / "project", train=SMALL["train"] | changes)
    assert refusal(made).startswith(f"error: the stage train would fail: {expected}")


def test_questions_that_two_processes_cannot_split_are_refused(tmp_path: Path) -> None:
    """The number of processes is that of launch.config, although explore runs in one."""
    odd = SMALL["train"] | {"images_per_step": 1, "num_generations": 3}
    made = project(tmp_path / "project", train=odd, launch={"config": "configs/accelerate/cpu_two.yaml"})
    assert "3 questions per step (train.images_per_step × train.num_generations) cannot be split among 2 " in refusal(
        made
    )


def test_the_exploration_follows_if_the_step_succeeds(tmp_path: Path) -> None:
    made = project(tmp_path / "project", launch={"config": "configs/accelerate/cpu_two.yaml"})
    done = run_stage(made, "explore")
    assert done.returncode == 0, done.stderr
    assert "explore: tries one training step of models/scenes-questioner before the first call" in done.stdout
    assert (made / "data/explored/asked.parquet").is_file()


def test_nothing_is_tried_without_a_training(tmp_path: Path) -> None:
    made = project(tmp_path / "project", train=SMALL["train"] | {"steps": 0, "images_per_step": 9})
    done = run_stage(made, "explore")
    assert done.returncode == 0, done.stderr
    assert "training step" not in done.stdout


def test_a_model_that_no_stage_can_use_is_refused_before_the_training_step(tmp_path: Path) -> None:
    made = project(tmp_path / "project", harvest={"base": "text-model"})
    (made / "text-model").mkdir()
    (made / "text-model/config.json").write_text('{"model_type": "llama"}', "utf-8")
    done = run_stage(made, "explore")
    assert "error: harvest.base: text-model is not a vision-language model" in done.stderr
    assert "training step" not in done.stdout and not (made / "data/explored").exists()
