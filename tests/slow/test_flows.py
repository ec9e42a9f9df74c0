"""The flows on the toy pipeline, with a real Prefect server, real DVC and real signals."""

import json
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import psutil  # type: ignore[import-untyped]
import pytest

from flows.recovery import NEW
from flows.secret import FILE as SECRET
from tests.flows.processes import ended, started
from tests.flows.served import Server, ui
from tests.flows.toy import FAILS, HANGS, IS_KILLED, discover, environment, make_toy, run
from tests.flows.waiting import first_scheduled

pytestmark = pytest.mark.slow
OUTPUTS = ("data/images", "metrics/verify.json", "dvc.lock")


def bytes_of(folder: Path) -> list[bytes]:
    return [(folder / output).read_bytes() for output in OUTPUTS]


def runs(toy: Path) -> list[Path]:
    return sorted((toy / ".work" / "runs").iterdir())


def test_the_flow_writes_the_same_files_as_dvc_and_runs_no_stage_twice(tmp_path: Path) -> None:
    ours, theirs = make_toy(tmp_path / "ours"), make_toy(tmp_path / "theirs")
    first = discover(ours)
    assert "making data/images" in first.stdout
    assert f"report:      {(ours / 'reports' / 'index.html').as_uri()}" in first.stdout
    run(theirs, "dvc", "repro", "train")
    assert bytes_of(ours) == bytes_of(theirs)
    second = discover(ours)
    assert "making" not in second.stdout
    assert "'train' - Finished in state Up to date" in second.stderr


def test_other_parameters_leave_the_checkout_clean(tmp_path: Path) -> None:
    toy = make_toy(tmp_path / "toy")
    done = discover(toy, "train.steps=7", "train.learning_rate=1e-5")
    assert run(toy, "git", "status", "--porcelain").stdout == ""
    assert not (toy / "data").exists()
    [clone] = runs(toy)
    assert '"asked": 7' in (clone / "metrics" / "verify.json").read_text("utf-8")
    assert str(clone) in done.stdout
    # The cache is shared, so the unchanged first stage does not run again here.
    assert "'prepare' - Finished in state Restored" in discover(toy).stderr


def test_recipes_run_side_by_side(tmp_path: Path) -> None:
    toy = make_toy(tmp_path / "toy")
    for name, steps in {"short": 5, "long": 9}.items():
        (toy / f"{name}.yaml").write_text(f"base: params.yaml\ntrain: {{steps: {steps}}}", "utf-8")
    command = [sys.executable, "-m", "flows.compare", "short.yaml", "long.yaml", "--seeds", "1", "2"]
    done = run(toy, *command, "--write", str(tmp_path / "found.json"))
    found = json.loads((tmp_path / "found.json").read_text("utf-8"))["runs"]
    asked = {name: (one["verify"]["trained"]["asked"], one["verify"]["seed"]["asked"]) for name, one in found.items()}
    assert asked == {
        f"{name}, seed {seed}": (steps, seed) for name, steps in (("short", 5), ("long", 9)) for seed in (1, 2)
    }
    table = done.stdout.splitlines()[-4:]
    assert [line.split("  ")[0].strip() for line in table] == [*found]
    assert len(runs(toy)) == 4


def test_a_failing_recipe_does_not_stop_the_others(tmp_path: Path) -> None:
    toy = make_toy(tmp_path / "toy")
    (toy / "fails.yaml").write_text("base: params.yaml\ntrain: {steps: 13}", "utf-8")
    (toy / "works.yaml").write_text("base: params.yaml\ntrain: {steps: 5}", "utf-8")
    command = [sys.executable, "-m", "flows.compare", "fails.yaml", "works.yaml", "--write", str(tmp_path / "found")]
    done = run(toy, *command, check=False)
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1].startswith("error: fails, seed 0: stage train failed: thirteen")
    assert [*json.loads((tmp_path / "found").read_text("utf-8"))["runs"]] == ["works, seed 0"]
    assert done.stdout.splitlines()[-1].startswith("works, seed 0  ")


def test_questioners_ask_the_candidates_of_the_other_runs(tmp_path: Path) -> None:
    toy = make_toy(tmp_path / "toy")
    for name, steps in {"one": 5, "two": 9}.items():
        (toy / f"{name}.yaml").write_text(
            f"base: params.yaml\ntrain: {{steps: {steps}}}\ncandidate: {{model: models/{name}}}", "utf-8"
        )
    command = [sys.executable, "-m", "flows.compare", "one.yaml", "two.yaml", "--cross", "--write", "../found.json"]
    done = run(toy, *command)
    assert "2 more harvests, without training, after the 2 runs: 7,200 more calls" in done.stdout
    found = json.loads((tmp_path / "found.json").read_text("utf-8"))["crossed"]
    asked = {(one["trained_on"], one["candidate"]): one for one in found}
    pairs = (("one", "one"), ("two", "two"), ("one", "two"), ("two", "one"))
    assert [*asked] == [(f"{who}, seed 0", f"models/{whom}") for who, whom in pairs]
    crossed = asked["one, seed 0", "models/two"]
    assert (crossed["own"], crossed["trained"]["asked"], crossed["trained"]["failure_rate"]) == (False, 0, 0.5)
    weights = (Path(crossed["folder"]) / "models" / "questioner" / "config.json").read_text("utf-8")
    assert weights == "5 steps on models/one. 0 steps on models/two. "
    assert len(runs(toy)) == 4
    again = run(toy, *command)
    assert (
        "'train' - Finished in state Ran" not in again.stderr
        and again.stderr.count("'train' - Finished in state Restored") == 4
    )


@pytest.mark.parametrize(
    ("change", "line"),
    [
        ("train.stepz=3", "error: the parameters: train.stepz is unknown, did you mean train.steps?"),
        (FAILS, "error: stage train failed: thirteen: choose another number"),
        (IS_KILLED, "error: stage train failed: failed to reproduce 'train'"),
    ],
)
def test_a_failure_is_one_line(change: str, line: str, tmp_path: Path) -> None:
    toy = make_toy(tmp_path / "toy")
    done = discover(toy, change, check=False)
    assert done.returncode == 1
    [error] = [found for found in done.stderr.splitlines() if found.startswith(line)]
    assert ("run the same command again to resume" in error) == (change == IS_KILLED)
    assert "Traceback" not in done.stdout + done.stderr


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_all_processes_end_with_the_flow(number: signal.Signals, tmp_path: Path) -> None:
    toy = make_toy(tmp_path / "toy")
    command = [sys.executable, "-m", "flows.discover", "-P", HANGS]
    with (tmp_path / "output").open("wb") as output:
        flow = subprocess.Popen(command, cwd=toy, env=environment(), stdout=output, stderr=subprocess.STDOUT)
        pids = started(toy / ".work" / "pids", seconds=180)
        pids += [child.pid for child in psutil.Process(flow.pid).children(recursive=True)]  # its Prefect server too
        flow.send_signal(number)
        assert flow.wait(180) != 0
    assert ended(pids)
    assert "Traceback" not in (tmp_path / "output").read_text("utf-8")


def test_deployed_runs_complete_side_by_side_and_end_when_cancelled(tmp_path: Path) -> None:
    toy = make_toy(tmp_path / "toy")
    with ui(toy) as pages:
        server = pages.server
        deployment = server.deployment()
        assert [schedule["active"] for schedule in deployment["schedules"]] == [False]
        hanging = server.start(deployment, {"train": {"steps": 99999}})
        pids = started(toy / ".work" / "pids", seconds=180)
        second = server.start(deployment, {"train": {"steps": 7}})
        assert server.ended(second) == "COMPLETED"
        assert server.state(hanging) == "RUNNING"
        assert server.logged(second, "making metrics/verify.json")

        server.cancel(hanging)
        assert server.ended(hanging) == "CANCELLED"
        assert ended(pids)
        assert run(toy, "git", "status", "--porcelain").stdout == ""


EVERY_MINUTE, TUESDAYS, NIGHTLY = "* * * * *", "30 5 * * 2", "5 4 * * *"


def schedules(server: Server) -> dict[str, bool]:
    return {one["schedule"]["cron"]: one["active"] for one in server.deployment()["schedules"]}


def test_an_active_schedule_creates_runs_and_survives_a_restart(tmp_path: Path) -> None:
    toy = make_toy(tmp_path / "toy")
    with ui(toy) as pages:
        server = pages.server
        deployment = server.deployment()
        path = f"/deployments/{deployment['id']}/schedules"
        [weekly] = deployment["schedules"]
        server.call("PATCH", f"{path}/{weekly['id']}", {"schedule": {"cron": TUESDAYS}, "active": True})
        server.call("POST", path, [{"schedule": {"cron": EVERY_MINUTE}, "active": True}])
        assert server.ended(first_scheduled(server)) == "COMPLETED"
    with ui(toy) as pages:
        assert schedules(pages.server) == {TUESDAYS: True, EVERY_MINUTE: True}
        command = [sys.executable, "-m", "flows.deploy", "--schedule", NIGHTLY, "--active"]
        with subprocess.Popen(command, cwd=toy, env=environment(), stderr=subprocess.PIPE) as asked:
            until = time.monotonic() + 60
            while schedules(pages.server) != {NIGHTLY: True}:
                assert asked.poll() is None and time.monotonic() < until, "the schedule was not set"
                time.sleep(0.5)
            asked.terminate()
        assert not pages.server.call("GET", f"/deployments/{deployment['id']}")["paused"]  # `make ui` still serves it


def test_a_run_is_shown_on_the_running_pages_and_prints_their_addresses(tmp_path: Path) -> None:
    toy = make_toy(tmp_path / "toy")
    with ui(toy) as pages:
        file, address = toy / ".work" / SECRET, pages.server.address
        assert f"password:    the line in {file} (sign in to Prefect with it)" in pages.terminal()
        done = discover(toy)
        runs_page = f"{pages.mlflow}/#/experiments/1/runs?workflowType=machine_learning"
        assert f"MLflow runs: {runs_page}\n" in done.stdout and f"Prefect:     {address}\n" in done.stdout
        assert "after `make ui`" not in done.stdout
        found = pages.server.call("POST", "/artifacts/filter", {"artifacts": {"key": {"any_": ["summary"]}}})
        assert f"]({address})" in found[0]["data"]
        file.unlink()  # the running server does not know the new secret
        done = discover(toy, "train.steps=7")
        assert f"warning: {address} does not accept the secret in {file}" in done.stderr
        assert '"asked": 7' in (runs(toy)[0] / "metrics" / "verify.json").read_text("utf-8")


def test_runs_of_killed_processes_become_crashed(tmp_path: Path) -> None:
    toy = make_toy(tmp_path / "toy")
    command = [sys.executable, "-m", "flows.discover", "-P", HANGS]
    with subprocess.Popen(command, cwd=toy, env=environment(), stdout=subprocess.DEVNULL) as flow:
        pids = started(toy / ".work" / "pids", seconds=180)
        flow.kill()
    assert ended(pids)
    (toy / ".work" / "pids").unlink()
    time.sleep(NEW)
    with ui(toy) as pages:
        server = pages.server
        until = time.monotonic() + 120
        while (states := {run["state"]["type"] for run in server.runs()}) != {"COMPLETED", "CRASHED"}:
            assert time.monotonic() < until, states
            time.sleep(1)
        hanging = server.start(server.deployment(), {"train": {"steps": 99999}})
        pids = started(toy / ".work" / "pids", seconds=180)
        deployment = [one for one in psutil.Process(pages.process.pid).children(recursive=True) if is_deployment(one)]
        deployment[0].kill()
        assert server.ended(hanging, seconds=120) == "CRASHED"
        assert ended(pids)
        assert "warning: the deployment ended with exit code 247, and its runs with it" in pages.terminal()
        second = server.start(server.deployment(), {"train": {"steps": 7}})
        assert server.ended(second) == "COMPLETED"


def is_deployment(process: psutil.Process) -> bool:
    words = process.cmdline()
    return words[-2:] == ["-m", "flows.deploy"] and len(words) == 3


def test_the_pages_start_no_mlflow_where_the_user_has_a_server(tmp_path: Path) -> None:
    toy = make_toy(tmp_path / "toy")
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()  # does not answer
        uri = f"http://127.0.0.1:{silent.getsockname()[1]}"
        with ui(toy, {"MLFLOW_TRACKING_URI": uri}) as pages:
            assert f"MLflow:      {uri} (the server that MLFLOW_TRACKING_URI names)" in pages.terminal()
            assert not (toy / ".work" / "mlflow" / "mlflow.db").exists()
            with pytest.raises(OSError):
                socket.create_connection(("127.0.0.1", int(pages.mlflow.rpartition(":")[2])), timeout=5).close()
