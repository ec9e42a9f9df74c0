"""A served candidate: the same weights behind a real server, a server with many faults, and a killed run."""

import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import yaml
from PIL import Image as Pictures

from blindspot.models import endpoint
from blindspot.models.description import Server as Description
from blindspot.models.endpoint import PROBE, EndpointVLM
from blindspot.records.image import Image
from tests.models.serving import KEY, SLOW, Server, serving
from tests.project import REPOSITORY, environment, make_project, run_stage, write_discovered
from tests.slow.served_judge import judged

pytestmark = pytest.mark.slow
CANDIDATE = REPOSITORY / "models/scenes-candidate"
SMALL = {
    "prepare": {"splits": {"train": 4, "validation": 16, "test": 50}},
    "explore": {"calls": 60},
    "train": {"steps": 2, "checkpoint_every": 2, "images_per_step": 2, "num_generations": 4},
    "harvest": {"calls": 100, "batch_size": 25},
}


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    """Starts transformers' own server on a free local port."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    program = Path(sys.executable).with_name("transformers")
    command = [str(program), "serve", str(CANDIDATE), "--host", "127.0.0.1", "--port", str(port), "--device", "cpu"]
    running = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        for _ in range(600):
            assert running.poll() is None, "the server ended"
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.2)
        yield f"http://127.0.0.1:{port}/v1"
    finally:
        running.send_signal(signal.SIGTERM)
        running.wait(30)


def project(folder: Path, server: dict[str, object] | None = None) -> Path:
    """Creates a project whose candidate is served as `server` describes, or is the folder of the same model."""
    made = make_project(folder, **SMALL, candidate={"model": "server.yaml" if server else "models/scenes-candidate"})
    for name in ("scenes-candidate", "scenes-questioner", "scenes-judge"):
        shutil.copytree(REPOSITORY / "models" / name, made / "models" / name)
    for name in ("dvc.yaml", "stages", "blindspot", "configs"):
        (made / name).symlink_to(REPOSITORY / name)
    if server:
        (made / "server.yaml").write_text(yaml.safe_dump({"kind": "endpoint"} | server))
    return made


def run_all(folder: Path) -> pd.DataFrame:
    for stage in ("prepare", "explore", "train", "harvest", "verify"):
        done = run_stage(folder, stage)
        assert done.returncode == 0, done.stderr
    rollouts = pd.read_parquet(folder / "data/rollouts/rollouts.parquet")
    verdicts = pd.read_parquet(folder / "data/verdicts/verdicts.parquet")
    return rollouts.merge(verdicts[["rollout_id", "outcome", "reason"]])


def test_the_same_weights_give_the_same_rollouts_locally_and_served(url: str, tmp_path: Path) -> None:
    here = run_all(project(tmp_path / "here"))
    served = run_all(project(tmp_path / "served", {"base_url": url, "model": str(CANDIDATE)}))
    assert (here["method"] != "quota").sum() == 300
    pd.testing.assert_frame_equal(here.drop(columns="candidate"), served.drop(columns="candidate"))
    weights = [tmp_path / name / "models/questioner/model.safetensors" for name in ("here", "served")]
    assert weights[0].read_bytes() == weights[1].read_bytes()


def test_two_thousand_calls_of_which_a_tenth_fail(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BLINDSPOT_WORK", str(tmp_path))
    monkeypatch.setattr(endpoint, "FIRST_WAIT", 0.05)
    Pictures.new("RGB", (4, 4), "red").save(tmp_path / "red.png")
    images = [Image("red", tmp_path / "red.png", "test")] * 2000
    questions = [f"what is {number} ?" for number in range(2000)]
    with serving(Server(share=0.1)) as server:
        description = Description(
            kind="endpoint", base_url=server.url, model="m", timeout=SLOW / 2, retries=3, concurrency=32
        )
        answers = EndpointVLM(description, 4).complete(images, questions, None)
        # Fails for correct code with probability 3e-6 over seeds (normal: 1,000 simulations have 222 ± 15.5).
        assert 150 < server.attempts.total() - server.injected["none"] < 300
        assert max(server.attempts.values()) <= 4
    given = [(question, answer) for question, answer in zip(questions, answers, strict=True) if answer.error is None]
    assert len(given) > 1950 and all(answer.text == f"about {question}" for question, answer in given)
    assert all(answer.error and not answer.text for answer in answers if answer.error is not None)


def test_a_killed_run_repeats_only_the_calls_that_were_in_flight(tmp_path: Path) -> None:
    with serving(Server()) as server:
        folder = project(tmp_path, {"base_url": server.url, "model": "m", "concurrency": 4})
        assert run_stage(folder, "prepare").returncode == 0
        shutil.copytree(folder / "models/scenes-questioner", folder / "models/questioner")
        write_discovered(folder)
        command = [sys.executable, "-m", "stages.harvest"]
        running = subprocess.Popen(command, cwd=folder, env=environment(folder), stderr=subprocess.DEVNULL)
        while server.attempts.total() < 120:
            assert running.poll() is None, "it ended before it could be killed"
            time.sleep(0.002)
        running.kill()
        running.wait()
        killed_at = server.attempts.total()
        done = run_stage(folder, "harvest")
        assert done.returncode == 0, done.stderr
        rollouts = pd.read_parquet(folder / "data/rollouts/rollouts.parquet")
        different = len(rollouts[["image_id", "question"]].drop_duplicates())
        asked = server.attempts.total() - server.attempts[PROBE]
        assert killed_at < different <= asked <= different + 4
        assert server.attempts[PROBE] == 2  # one in each process


def test_photographs_go_from_folder_to_report_with_a_served_judge_and_no_file_contains_its_key(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOME_KEY", KEY)
    (tmp_path / "photos").mkdir()
    for number in range(60):
        noise = np.random.default_rng(number).integers(0, 256, (40, 60, 3), dtype=np.uint8)
        Pictures.fromarray(noise).save(tmp_path / "photos" / f"{number:02d}.jpg")
    with serving(Server(share=0.05, faults=("500", "half"), key=KEY)) as server:
        server.reply = judged
        folder = project(tmp_path / "run", {"base_url": server.url, "model": "m", "api_key_env": "SOME_KEY"})
        values = yaml.safe_load((folder / "params.yaml").read_text())
        values["prepare"] |= {"source": "folder", "folder": str(tmp_path / "photos")}
        values["verifier"] |= {"kind": "vlm", "model": "server.yaml"}
        (folder / "params.yaml").write_text(yaml.safe_dump(values))
        found = run_all(folder)
        for stage in ("audit", "taxonomy", "report"):
            done = run_stage(folder, stage)
            assert done.returncode == 0, done.stderr
        server.key = "another"
        refused = run_stage(folder, "verify", before=["env", "BLINDSPOT_TRACEBACK=1"])
        assert "rejects the API key" in refused.stderr and "Traceback" in refused.stderr
    assert KEY not in refused.stdout + refused.stderr
    leaked = [file for file in folder.rglob("*") if file.is_file() and KEY.encode() in file.read_bytes()]
    assert leaked == []
    assert {*found["method"]} - {"quota"} == {"trained", "base"}
    for row in found.to_dict("records"):
        expected = "invalid" if "star" in row["question"] else "correct" if "red" in row["question"] else "failure"
        assert row["outcome"] == (expected if row["question"] else "unscored"), row["reason"]
    shown = len([*(folder / "reports/images").iterdir()])
    assert shown == found["image_id"].nunique() and (found["outcome"] == "unscored").mean() < 0.1
