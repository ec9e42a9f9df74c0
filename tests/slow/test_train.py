"""Small runs of the stage train: GRPO on the embedded models, killed and resumed."""

import json
import signal
import subprocess
import sys
import time
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from blindspot.models.batches import Generation
from blindspot.models.local import LocalVLM
from blindspot.prompts.files import embedded_prompts
from blindspot.questioner.prompts import question_prompt
from blindspot.questioner.steering import read_targets
from blindspot.records.failure_mode import FailureMode, read_failure_modes
from blindspot.store import read_images, write_json
from blindspot.taxonomy.modes.quota import quota_of
from tests.project import (
    REPOSITORY,
    copy,
    embedded_project,
    environment,
    error_line,
    experiment_id,
    make_project,
    run_stage,
)

pytestmark = pytest.mark.slow

SMALL: dict[str, dict[str, Any]] = {
    "prepare": {"splits": {"train": 4, "validation": 16, "test": 16}},  # two steps an epoch
    "explore": {"calls": 20},  # too few for modes
    "train": {"steps": 6, "checkpoint_every": 2, "images_per_step": 2, "num_generations": 4},
    "harvest": {"calls": 24, "batch_size": 8},
}


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project in which prepare and explore have run."""
    project = embedded_project(tmp_path_factory.mktemp("train") / "prepared", **SMALL)
    for stage in ("prepare", "explore"):
        assert run_stage(project, stage).returncode == 0
    return project


@pytest.fixture(scope="module")
def trained(prepared: Path) -> Path:
    """The same project, trained without an interruption."""
    return finished(copy(prepared, "trained"))


def finished(project: Path) -> Path:
    done = run_stage(project, "train")
    assert done.returncode == 0, done.stderr
    return project


def on_two_ranks(project: Path, stage: str) -> subprocess.CompletedProcess[str]:
    """Runs a stage on two communicating CPU processes; `accelerate launch --cpu` starts only one."""
    launch = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc_per_node", "2", "-m"]
    env = environment(project) | {"ACCELERATE_USE_CPU": "true", "OMP_NUM_THREADS": "1"}
    return subprocess.run(
        [*launch, f"stages.{stage}"], cwd=project, env=env, capture_output=True, text=True, timeout=400, check=False
    )


def weights(project: Path) -> bytes:
    return (project / "models/questioner/model.safetensors").read_bytes()


def test_training_changes_the_weights_and_logs_every_component_at_every_step(prepared: Path, trained: Path) -> None:
    assert weights(trained) != (prepared / "models/scenes-questioner/model.safetensors").read_bytes()
    rewards = pd.read_csv(trained / "metrics/rewards.csv")
    steps = rewards[rewards["step"] > 0]
    assert list(steps["step"]) == [1, 2, 3, 4, 5, 6]
    assert steps[["reward", "failure", "semantic_diversity", "lexical_diversity", "invalid"]].notna().all(axis=None)
    assert list(rewards.loc[rewards["valid_rate"].notna(), "step"]) == [0, 2, 4, 6]
    assert json.loads((trained / "metrics/train.json").read_text())["calls"] == 6 * 8


def test_the_questions_of_the_exploration_and_of_the_training_are_kept(trained: Path) -> None:
    asked = pd.read_parquet(trained / "data/discovered/asked.parquet")
    assert (asked["stage"] == "explore").sum() == 20 and 0 < (asked["stage"] == "train").sum() <= 6 * 8
    assert not asked.duplicated(["image_id", "question"]).any() and asked["outcome"].notna().all()


def killed_and_finished(project: Path) -> Path:
    process = subprocess.Popen(
        [sys.executable, "-m", "stages.train"],
        cwd=project,
        env=environment(project),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    while not list(project.glob(".work/train/*/checkpoint-2/blindspot.json")):
        assert process.poll() is None, "it ended before it could be killed"
        time.sleep(0.01)
    process.send_signal(signal.SIGKILL)
    process.wait()
    done = run_stage(project, "train")
    assert done.returncode == 0, done.stderr
    assert any(f"resuming from step {step} of 6" in done.stdout for step in (2, 4))
    return project


def test_a_killed_training_resumes_and_ends_with_the_same_bytes(prepared: Path, trained: Path) -> None:
    project = killed_and_finished(copy(prepared, "killed"))
    assert weights(project) == weights(trained)
    for name in ("metrics/rewards.csv", "data/discovered/asked.parquet", "data/discovered/modes.json"):
        assert (project / name).read_bytes() == (trained / name).read_bytes()
    assert not list(project.glob(".work/train/*/checkpoint-*")), "work in progress is deleted at the end"


def test_every_checkpoint_is_a_model_in_mlflow_and_the_last_is_registered(trained: Path) -> None:
    import mlflow

    client = mlflow.MlflowClient(f"sqlite:///{trained}/.work/mlflow/mlflow.db")
    models = client.search_logged_models([experiment_id(client)])
    assert sorted(model.name for model in models) == [f"questioner-{step:05d}" for step in (0, 2, 4, 6)]
    assert all({metric.key for metric in model.metrics or []} >= {"failure_rate", "valid_rate"} for model in models)
    best = client.get_model_version_by_alias("blindspot-questioner-scenes-candidate", "best")
    assert int(best.version) == 1


def test_without_steps_the_output_is_the_base_model(prepared: Path) -> None:
    project = make_project(copy(prepared, "untrained"), **SMALL | {"train": {"steps": 0}})
    finished(project)
    assert weights(project) == (prepared / "models/scenes-questioner/model.safetensors").read_bytes()


def test_failure_modes_steer_the_training_and_the_harvest(prepared: Path) -> None:
    project = copy(prepared, "steered")
    found = [("judging positions", "answer yes"), ("counting",)]
    modes = [FailureMode("--".join(one), "m", one, 9, 9, 1.0, 0.7, 1.0, 5.0, 0.0, ()) for one in found]
    write_json(project / "data/explored/modes.json", [asdict(mode) for mode in modes])
    finished(project)
    assert read_targets(project / "models/questioner") == found
    assert run_stage(project, "harvest").returncode == 0
    rollouts = pd.read_parquet(project / "data/rollouts/rollouts.parquet")
    trained, base, quota = (rollouts[rollouts["method"] == method] for method in ("trained", "base", "quota"))
    assert len(trained) and trained["questioner"].str.contains("targets").all()
    assert len(base) and not base["questioner"].str.contains("targets").any()
    discovered = read_failure_modes(project / "data/discovered/modes.json")
    quotas = {mode.mode_id: quota_of(mode, len(discovered), 0.25) for mode in discovered}
    counts = quota["mode_id"].value_counts().to_dict()
    assert {"judging positions--answer yes", "counting"} <= counts.keys() == quotas.keys()
    assert all(0 < counts[mode_id] <= number for mode_id, number in quotas.items())
    assert (
        set(quota["questioner"]) == {"templates/1"}
        and rollouts.loc[rollouts["method"] != "quota", "mode_id"].isna().all()
    )


def test_a_killed_exploration_resumes_and_ends_with_the_same_bytes(prepared: Path, tmp_path: Path) -> None:
    whole, killed = (make_project(copy(prepared, name), **SMALL | {"explore": {"calls": 100}}) for name in "ab")
    assert run_stage(whole, "explore").returncode == 0
    process = subprocess.Popen(
        [sys.executable, "-m", "stages.explore"], cwd=killed, env=environment(killed), stderr=subprocess.DEVNULL
    )
    while not (journals := list(killed.glob(".work/explore/*/asked.jsonl"))) or len(journals[0].read_bytes()) < 3000:
        assert process.poll() is None, "it ended before it could be killed"
        time.sleep(0.005)
    process.kill()
    process.wait()
    [journal] = journals
    before = journal.read_text("utf-8").splitlines()
    journal.write_text("\n".join([*before[:-1], before[-1][:20]]), "utf-8")  # as after a kill in the middle of a line
    assert run_stage(killed, "explore").returncode == 0
    for name in ("data/explored/asked.parquet", "data/explored/modes.json", "metrics/explore.json"):
        assert (killed / name).read_bytes() == (whole / name).read_bytes()


def test_harvest_asks_equally_often_with_every_method(trained: Path) -> None:
    done = run_stage(trained, "harvest")
    assert done.returncode == 0, done.stderr
    rollouts = pd.read_parquet(trained / "data/rollouts/rollouts.parquet")
    assert rollouts["method"].value_counts().to_dict() == {"trained": 24, "base": 24, "templates": 24}
    assert rollouts["rollout_id"].is_unique
    assert (rollouts["question"] != "").all()


def test_only_one_of_two_ranks_writes_the_harvest(trained: Path) -> None:
    one, two = copy(trained, "one-rank"), copy(trained, "two-ranks")
    assert run_stage(one, "harvest").returncode == 0
    done = on_two_ranks(two, "harvest")
    assert done.returncode == 0, done.stderr
    alone, both = (pd.read_parquet(project / "data/rollouts/rollouts.parquet") for project in (one, two))
    pd.testing.assert_frame_equal(alone, both)


def test_outputs_that_could_not_be_written_are_written_without_further_training(prepared: Path, trained: Path) -> None:
    project = copy(prepared, "not-handed-over")
    (project / "metrics/rewards.csv").mkdir(parents=True)
    assert "rewards.csv" in error_line(run_stage(project, "train"), among_others=True)
    (project / "metrics/rewards.csv").rmdir()
    finished(project)
    assert weights(project) == weights(trained)
    for name in ("rewards.csv", "train.json"):
        assert (project / "metrics" / name).read_bytes() == (trained / "metrics" / name).read_bytes()


def test_the_error_names_too_few_images_for_a_step(prepared: Path) -> None:
    project = make_project(copy(prepared, "few"), **SMALL | {"train": SMALL["train"] | {"images_per_step": 5}})
    error = error_line(run_stage(project, "train"), among_others=True)
    assert "4 training images are fewer than train.images_per_step, 5" in error


def test_two_ranks_train_together(prepared: Path) -> None:
    project = copy(prepared, "trained-by-two")
    done = on_two_ranks(project, "train")
    assert done.returncode == 0, done.stderr
    assert json.loads((project / "metrics/train.json").read_text())["calls"] == 6 * 8  # counted over both


@pytest.mark.parametrize("wrong", [{"candidate": {"model": "stages"}}, {"verify": {"model": "stages"}}])
def test_a_folder_without_a_vlm_stops_training_at_the_start(wrong: dict[str, Any], prepared: Path) -> None:
    judged = {"verifier": {"kind": "vlm", "model": str(REPOSITORY / "models/scenes-judge")}}
    project = make_project(copy(prepared, f"no-vlm-{next(iter(wrong))}"), **SMALL | judged | wrong)
    assert "stages contains no model" in error_line(run_stage(project, "train"))


@pytest.fixture(scope="module")
def adapted(prepared: Path) -> Path:
    """A project trained with LoRA, without an interruption."""
    return finished(with_lora(prepared, "adapted"))


def with_lora(project: Path, name: str) -> Path:
    lora = {"rank": 4, "alpha": 8, "dropout": 0.0, "targets": "all-linear"}
    changed = SMALL["train"] | {"lora": lora, "learning_rate": 0.01, "batch_size": 4}
    return make_project(copy(project, name), **SMALL | {"train": changed})


def test_a_killed_training_of_adapters_resumes_and_ends_with_the_same_bytes(prepared: Path, adapted: Path) -> None:
    project = killed_and_finished(with_lora(prepared, "adapted-killed"))
    assert (
        weights(project) == weights(adapted) != (prepared / "models/scenes-questioner/model.safetensors").read_bytes()
    )


def test_checkpoints_of_adapters_are_small_and_give_the_same_output_as_the_merged_model(
    adapted: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import mlflow
    from peft import PeftModel

    monkeypatch.chdir(adapted)
    client = mlflow.MlflowClient(f"sqlite:///{adapted}/.work/mlflow/mlflow.db")
    models = {model.name: model for model in client.search_logged_models(["1"])}
    assert {*models} == {*(f"questioner-{step:05d}" for step in (0, 2, 4, 6)), "questioner-merged"}
    last, whole = (
        Path(models[name].artifact_location.removeprefix("file://"))
        for name in ("questioner-00006", "questioner-merged")
    )
    assert (last / "adapter_model.safetensors").stat().st_size < 0.3 * (whole / "model.safetensors").stat().st_size
    assert not (last / "model.safetensors").exists()
    assert (whole / "model.safetensors").read_bytes() == weights(adapted)
    merged, apart = LocalVLM(Path("models/questioner")), LocalVLM(Path("models/scenes-questioner"))
    untrained = generations(apart)
    apart.model = PeftModel.from_pretrained(apart.model, last).eval()
    assert generations(merged) == generations(LocalVLM(last)) == generations(apart) != untrained


def generations(vlm: LocalVLM) -> list[Generation]:
    images = read_images("test")
    return vlm.complete(images, [question_prompt(embedded_prompts("questioner"))] * len(images), 16, 32)
