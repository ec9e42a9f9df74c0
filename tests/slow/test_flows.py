"""The flows on the toy pipeline, with a real Prefect server, real DVC and real signals."""

import json
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import psutil
import pytest

from tests.flows.test_leash import ended, started
from tests.flows.toy import FAILS, HANGS, IS_KILLED, discover, environment, make_toy, run

pytestmark = pytest.mark.slow
OUTPUTS = ("data/images", "metrics/verify.json", "dvc.lock")


def bytes_of(folder: Path) -> list[bytes]:
    return [(folder / output).read_bytes() for output in OUTPUTS]


def runs(toy: Path) -> list[Path]:
    return sorted((toy / ".work" / "runs").iterdir())


def test_flow_makes_the_same_files_as_dvc_and_runs_nothing_twice(tmp_path: Path) -> None:
    ours, theirs = make_toy(tmp_path / "ours"), make_toy(tmp_path / "theirs")
    first = discover(ours)
    assert "making data/images" in first.stdout
    assert f"report:  {(ours / 'reports' / 'index.html').as_uri()}" in first.stdout
    run(theirs, "dvc", "repro", "train")
    assert bytes_of(ours) == bytes_of(theirs)
    second = discover(ours)
    assert "making" not in second.stdout
    assert "train: up to date" in second.stderr


def test_other_parameters_leave_the_checkout_clean(tmp_path: Path) -> None:
    toy = make_toy(tmp_path / "toy")
    done = discover(toy, "train.steps=7", "train.learning_rate=1e-5")
    assert run(toy, "git", "status", "--porcelain").stdout == ""
    assert not (toy / "data").exists()
    [clone] = runs(toy)
    assert '"asked": 7' in (clone / "metrics" / "verify.json").read_text("utf-8")
    assert str(clone) in done.stdout
    # The cache is shared: the first stage, in which nothing changed, is not run again here.
    assert "prepare: restored" in discover(toy).stderr


def test_recipes_run_side_by_side(tmp_path: Path) -> None:
    toy = make_toy(tmp_path / "toy")
    for name, steps in {"short": 5, "long": 9}.items():
        (toy / f"{name}.yaml").write_text(f"train: {{steps: {steps}}}", "utf-8")
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


def test_a_recipe_that_fails_costs_no_other_its_run(tmp_path: Path) -> None:
    toy = make_toy(tmp_path / "toy")
    (toy / "fails.yaml").write_text("train: {steps: 13}", "utf-8")
    (toy / "works.yaml").write_text("train: {steps: 5}", "utf-8")
    command = [sys.executable, "-m", "flows.compare", "fails.yaml", "works.yaml", "--write", str(tmp_path / "found")]
    done = run(toy, *command, check=False)
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1].startswith("error: fails, seed 0: stage train failed: thirteen")
    assert [*json.loads((tmp_path / "found").read_text("utf-8"))["runs"]] == ["works, seed 0"]
    assert done.stdout.splitlines()[-1].startswith("works, seed 0  ")


def test_questioners_are_asked_of_the_others_candidates(tmp_path: Path) -> None:
    toy = make_toy(tmp_path / "toy")
    for name, steps in {"one": 5, "two": 9}.items():
        (toy / f"{name}.yaml").write_text(f"train: {{steps: {steps}}}\ncandidate: {{model: models/{name}}}", "utf-8")
    command = [sys.executable, "-m", "flows.compare", "one.yaml", "two.yaml", "--cross", "--write", "../found.json"]
    done = run(toy, *command)
    assert "2 harvests more, without training: 7,200 calls" in done.stdout
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
    assert "train: ran" not in again.stderr and again.stderr.count("train: restored") == 4


@pytest.mark.parametrize(
    ("change", "line"),
    [
        ("train.stepz=3", "error: the parameters: train.stepz is unknown, did you mean train.steps?"),
        (FAILS, "error: stage train failed: thirteen: choose another number"),
        (IS_KILLED, "error: stage train failed: failed to reproduce 'train'"),
    ],
)
def test_failure_is_one_line(change: str, line: str, tmp_path: Path) -> None:
    toy = make_toy(tmp_path / "toy")
    done = discover(toy, change, check=False)
    assert done.returncode == 1
    [said] = [found for found in done.stderr.splitlines() if found.startswith(line)]
    assert ("`dvc checkout` brings the former output back" in said) == (change == IS_KILLED)
    assert "Traceback" not in done.stdout + done.stderr


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_ending_the_flow_ends_its_training(number: signal.Signals, tmp_path: Path) -> None:
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


@pytest.fixture
def served(tmp_path: Path) -> Any:
    """A toy whose pipeline is deployed to a Prefect server of its own, as `make ui` does, and that server's client."""
    toy = make_toy(tmp_path / "toy")
    ports = [str(free_port()) for _ in range(2)]
    command = [sys.executable, "-m", "flows.ui", "--mlflow-port", ports[0], "--prefect-port", ports[1]]
    with (tmp_path / "output").open("wb") as output:
        pages = subprocess.Popen(command, cwd=toy, env=environment(), stdout=output, stderr=subprocess.STDOUT)
    try:
        yield toy, Server(f"http://127.0.0.1:{ports[1]}/api")
    finally:
        pages.send_signal(signal.SIGINT)
        try:
            pages.wait(180)
        finally:
            pages.kill()
        print((tmp_path / "output").read_text("utf-8"))


def test_deployed_runs_complete_side_by_side_and_end_when_cancelled(served: Any) -> None:
    toy, server = served
    deployment = server.deployment("discover/blindspot")
    assert [schedule["active"] for schedule in deployment["schedules"]] == [False]
    form = deployment["parameter_openapi_schema"]
    assert field(form, "params", "train", "steps")["type"] == "integer"
    params = deployment["parameters"]["params"]

    hanging = server.start(deployment, params | {"train": params["train"] | {"steps": 99999}})
    pids = started(toy / ".work" / "pids", seconds=180)
    beside = server.start(deployment, params | {"train": params["train"] | {"steps": 7}})
    assert server.ended(beside) == "COMPLETED"
    assert server.state(hanging) == "RUNNING"
    assert server.logged(beside, "making metrics/verify.json")

    server.cancel(hanging)
    assert server.ended(hanging) == "CANCELLED"
    assert ended(pids)
    assert run(toy, "git", "status", "--porcelain").stdout == ""


def field(form: Any, *names: str) -> Any:
    """One field of the parameter form."""
    found = form
    for name in names:
        found = found["properties"][name]
        reference = found.get("$ref") or next((part["$ref"] for part in found.get("allOf", [])), None)
        found = form["definitions"][reference.rpartition("/")[2]] if reference else found
    return found


class Server:
    """What a person does in Prefect's pages, by the API that they use."""

    def __init__(self, api: str) -> None:
        self.api = api

    def call(self, method: str, path: str, body: object = None) -> Any:
        """Asks again where the server's SQLite is busy, as Prefect's own client does: it answers 503 then."""
        import httpx

        until = time.monotonic() + 60
        while True:
            answer = httpx.request(method, self.api + path, json=body, timeout=60, trust_env=False)
            if answer.status_code != httpx.codes.SERVICE_UNAVAILABLE or time.monotonic() > until:
                break
            time.sleep(1)
        answer.raise_for_status()
        return answer.json() if answer.content else None

    def deployment(self, name: str) -> Any:
        import httpx

        until = time.monotonic() + 240
        while True:
            try:
                return self.call("GET", f"/deployments/name/{name}")
            except httpx.HTTPError:
                assert time.monotonic() < until, "the pipeline was not deployed"
                time.sleep(1)

    def start(self, deployment: Any, params: object) -> str:
        body = {"parameters": {"params": params}, "state": {"type": "SCHEDULED"}}
        return str(self.call("POST", f"/deployments/{deployment['id']}/create_flow_run", body)["id"])

    def state(self, flow_run: str) -> str:
        return str(self.call("GET", f"/flow_runs/{flow_run}")["state"]["type"])

    def ended(self, flow_run: str) -> str:
        until = time.monotonic() + 240
        while (state := self.state(flow_run)) in ("SCHEDULED", "PENDING", "RUNNING", "CANCELLING"):
            assert time.monotonic() < until, f"the run is still {state}"
            time.sleep(1)
        return state

    def cancel(self, flow_run: str) -> None:
        state = {"type": "CANCELLING", "name": "Cancelling"}
        self.call("POST", f"/flow_runs/{flow_run}/set_state", {"state": state})

    def logged(self, flow_run: str, line: str) -> bool:
        """Whether the run or one of its stages comes to have this line on its page: Prefect sends lines in batches."""
        until = time.monotonic() + 60
        while not (found := self.has_line(flow_run, line)) and time.monotonic() < until:
            time.sleep(1)
        return found

    def has_line(self, flow_run: str, line: str) -> bool:
        body = {"flow_runs": {"parent_flow_run_id": {"any_": [flow_run]}}}
        stages = [found["id"] for found in self.call("POST", "/flow_runs/filter", body)]
        logs = self.call("POST", "/logs/filter", {"logs": {"flow_run_id": {"any_": [flow_run, *stages]}}})
        return any(log["message"] == line for log in logs)


def free_port() -> int:
    import socket

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
