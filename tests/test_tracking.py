"""Recording the execution of stages in MLflow."""

import math
import subprocess
import sys
from pathlib import Path

import pytest

from blindspot.tracking import stage_run
from tests.project import environment, experiment_id, make_project

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


ODD = """
import math
from pathlib import Path
from blindspot.tracking import stage_run
with stage_run("odd", Path.cwd() / ".work", {"long": "x" * 7000, "a (b)": 1}) as mlflow:
    mlflow.log_metrics({"up": math.inf, "down": -math.inf, "nan": math.nan, "right": 1.0})
    mlflow.log_metrics({"text": "seven", "none": None})
    mlflow.log_artifact("missing.txt")
"""


@pytest.mark.slow
def test_odd_values_do_not_end_a_stage_and_are_named(tmp_path: Path) -> None:
    from mlflow import MlflowClient

    project = make_project(tmp_path / "project")
    done = subprocess.run(
        [sys.executable, "-c", ODD], cwd=project, env=environment(project), capture_output=True, text=True, check=True
    )
    warnings = [line for line in done.stderr.splitlines() if line.startswith("warning: ")]
    assert [any(word in line for line in warnings) for word in ("text", "none", "missing.txt")] == [True] * 3
    client = MlflowClient(f"sqlite:///{project}/.work/mlflow/mlflow.db")
    [run] = client.search_runs([experiment_id(client)])
    assert run.info.status == "FINISHED"
    assert run.data.metrics["right"] == 1.0 and math.isnan(run.data.metrics["nan"])
    assert run.data.metrics.keys() == {"right", "nan"}
    assert run.data.tags["blindspot.infinite"] == "up: inf, down: -inf"
    assert len(run.data.params["long"]) == 6000 and run.data.params["a _b_"] == "1"


@pytest.mark.slow
def test_a_killed_stage_is_shown_as_killed_after_the_next_one(tmp_path: Path) -> None:
    from mlflow import MlflowClient

    project = make_project(tmp_path / "project")
    killed = STAGE.replace("    pass", "    import os; os.kill(os.getpid(), 9)")
    for code in (killed, STAGE):
        subprocess.run([sys.executable, "-c", code], cwd=project, env=environment(project), check=False)
    client = MlflowClient(f"sqlite:///{project}/.work/mlflow/mlflow.db")
    runs = client.search_runs([experiment_id(client)])
    assert sorted(run.info.status for run in runs) == ["FINISHED", "KILLED"]


def test_a_work_folder_that_cannot_be_written_costs_a_warning(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "mlflow").write_text("a file", "utf-8")
    with stage_run("toy", tmp_path, {"steps": 1}) as mlflow:
        mlflow.log_metrics({"x": 1.0})
    assert "warning: the stage toy is not recorded in MLflow" in capsys.readouterr().err


REGISTERS = """
import sys
from pathlib import Path
from blindspot.tracking import log_checkpoint, register, stage_run
Path("dvc.lock").write_text("stages: {prepare: {outs: [{path: data/images, md5: %s}]}}" % sys.argv[2])
Path("config.json").write_text("{}")
with stage_run("train", Path.cwd() / ".work", {}) as mlflow:
    model = mlflow.log_model("questioner", [Path("config.json")], "questioner")
    register(mlflow, model, float(sys.argv[1]))
"""


def test_best_is_the_best_questioner_of_a_candidate_on_the_same_images(tmp_path: Path) -> None:
    from mlflow import MlflowClient

    project = make_project(tmp_path / "project", candidate={"model": "models/my model"})
    best = []
    for rate, images in (("0.5", "a"), ("0.4", "a"), ("0.6", "a"), ("0.3", "b"), ("0.2", "b")):
        command = [sys.executable, "-c", REGISTERS, rate, images]
        subprocess.run(command, cwd=project, env=environment(project), check=True, capture_output=True)
        client = MlflowClient(f"sqlite:///{project}/.work/mlflow/mlflow.db")
        best.append(int(client.get_model_version_by_alias("blindspot-questioner-my-model", "best").version))
    assert best == [1, 1, 3, 4, 4]
