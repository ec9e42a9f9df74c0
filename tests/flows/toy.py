"""A toy pipeline for tests of the flows: two quick stages with the project's own params.yaml."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
# Changes that make the second stage fail, get killed, or run until it is ended.
FAILS = "train.steps=13"
IS_KILLED = "train.steps=14"
HANGS = "train.steps=99999"
PIPELINE = """
stages:
  bootstrap_candidate:
    frozen: true # comments stay
    cmd: python stage.py models/scenes-candidate
    outs: [models/scenes-candidate: {cache: false, persist: true}]
  prepare:
    cmd: python stage.py data/images
    deps: [stage.py]
    params: [seed, prepare]
    outs: [data/images]
  train:
    cmd: python stage.py metrics/verify.json
    deps: [stage.py, data/images]
    params: [candidate, train]
    outs: [metrics/verify.json, models/questioner]
"""
STAGE = """
import json, os, pathlib, subprocess, sys, time, yaml

out = pathlib.Path(sys.argv[1])
params = yaml.safe_load(open("params.yaml"))
assert not [name for name in os.environ if name.endswith("API_AUTH_STRING")], "a stage sees the secret"
print("making", out, flush=True)
if out.name == "verify.json" and params["train"]["steps"] == 13:
    print(" 50%|#  | error: thirteen: choose another number", file=sys.stderr)  # after an unfinished progress bar
    sys.exit(1)
if out.name == "verify.json" and params["train"]["steps"] == 14:
    os.kill(os.getpid(), 9)
if out.name == "verify.json" and params["train"]["steps"] == 99999:
    # A worker in a session of its own, as torchrun starts it.
    worker = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"], start_new_session=True)
    pids = pathlib.Path(os.environ["BLINDSPOT_WORK"], "pids")
    pids.with_suffix(".new").write_text(f"{os.getpid()} {worker.pid}")
    pids.with_suffix(".new").rename(pids)
    time.sleep(600)
out.parent.mkdir(parents=True, exist_ok=True)
train, model = params["train"], params["candidate"]["model"]
rates = {"asked": train["steps"], "failure_rate": 0.5, "valid_rate": 1.0, "from": train["base_model"]}
rates |= {"error_rate": 0.5, "failures": 5, "correct": 5, "invalid": 0}
out.write_text(json.dumps({"trained": rates, "seed": {**rates, "asked": params["seed"]}}))
if out.name == "verify.json":
    weights, start = pathlib.Path("models/questioner"), pathlib.Path(train["base_model"], "config.json")
    weights.mkdir(parents=True, exist_ok=True)
    before = start.read_text() if start.is_file() else ""
    (weights / "config.json").write_text(f"{before}{train['steps']} steps on {model}. ")
"""
# Records what the stage train records in MLflow: a run and a registered questioner.
RECORD = """
from pathlib import Path
from blindspot.tracking import register, stage_run
with stage_run("train", Path(".work").resolve(), {"steps": 7}) as mlflow:
    model = mlflow.initialize_logged_model("questioner")
    Path("config.json").write_text("{}")
    mlflow.MlflowClient().log_model_artifact(model.model_id, "config.json")
    mlflow.finalize_logged_model(model.model_id, "READY")
    register(mlflow, model.model_id, 0.5)
"""


def make_toy(folder: Path) -> Path:
    """Creates the toy pipeline in a git repository with one commit. No stage has run yet."""
    folder.mkdir(parents=True)
    (folder / "params.yaml").write_text((ROOT / "params.yaml").read_text("utf-8"), "utf-8")
    (folder / "dvc.yaml").write_text(PIPELINE, "utf-8")
    shutil.copytree(ROOT / "configs" / "prompts", folder / "configs" / "prompts")
    shutil.copy(ROOT / "configs" / "no_targets.json", folder / "configs")
    (folder / "stage.py").write_text(STAGE, "utf-8")
    (folder / ".gitignore").write_text(".work/\n/data\n/metrics\n/models/questioner\n", "utf-8")
    (folder / "models").mkdir()
    (folder / "models" / "scenes-candidate").write_text("weights", "utf-8")
    run(folder, "git", "init", "--quiet")
    (folder / ".dvc").mkdir()  # all that `dvc init` does
    (folder / ".dvc" / ".gitignore").write_text("/config.local\n/tmp\n/cache\n", "utf-8")
    (folder / ".dvc" / "config").write_text("[core]\n    analytics = false\n    check_update = false\n", "utf-8")
    run(folder, "git", "add", ".")
    identity = ["-c", "user.name=toy", "-c", "user.email=toy@localhost"]
    run(folder, "git", *identity, "commit", "--quiet", "--message", "toy")
    return folder


def run(folder: Path, *words: str, check: bool = True) -> subprocess.CompletedProcess[str]:
    """Runs a command with this checkout's code and interpreter, without any settings of the user."""
    done = subprocess.run(words, cwd=folder, env=environment(), capture_output=True, text=True, check=False)
    assert not check or done.returncode == 0, done.stdout + done.stderr
    return done


def discover(folder: Path, *changes: str, check: bool = True) -> subprocess.CompletedProcess[str]:
    """Runs the flow `discover` with changed parameters."""
    options = [part for change in changes for part in ("-P", change)]
    return run(folder, sys.executable, "-m", "flows.discover", *options, check=check)


def environment() -> dict[str, str]:
    """Returns the environment without any configuration of git, Prefect, MLflow or this project."""
    others = ("GIT_", "PREFECT_", "BLINDSPOT_", "MLFLOW_", "PYTHONUNBUFFERED")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(others)}
    path = f"{Path(sys.executable).parent}{os.pathsep}{kept.get('PATH', '')}"
    git = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}
    return kept | git | {"PYTHONPATH": str(ROOT), "PATH": path}
