"""The stage verify with repeats, injections and votes: the same bytes twice, and a killed run."""

import json
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import yaml

from blindspot import store
from blindspot.models.endpoint import PROBE
from tests.models.serving import Server, serving
from tests.project import REPOSITORY, environment, files, make_project, make_rollouts, run_stage
from tests.slow.served_judge import judged

pytestmark = pytest.mark.slow
FILES = {"verdicts.parquet", "repeats.parquet", "replies.parquet", "unscored.json", "verify.json"}


def project(folder: Path, **sections: Any) -> Path:
    made = make_project(folder, **sections)
    (made / "configs").symlink_to(REPOSITORY / "configs")
    make_rollouts(made)
    return made


def test_repeats_with_the_embedded_candidate_give_the_same_files_twice(tmp_path: Path) -> None:
    candidate = {"model": str(REPOSITORY / "models/scenes-candidate")}
    made = project(tmp_path, candidate=candidate, verify={"repeats": 2, "injections": 6})
    found = []
    for _ in range(2):
        done = run_stage(made, "verify")
        assert (done.returncode, done.stderr) == (0, "")
        found.append(files(made / "data/verdicts") | files(made / "metrics"))
    assert found[0] == found[1] and set(found[0]) == FILES
    metrics = store.read_json(made / "metrics/verify.json")
    assert metrics["repeats"]["trained"]["repeats"] == 6
    assert (
        metrics["susceptibility"]["question_appended"]["tried"] == 4
    )  # all rollouts are failures; none is used to ask for a failure
    again = store.read_frame(made / "data/verdicts/repeats.parquet")
    assert "how many things do you see ?" in set(again["question"])
    assert store.read_frame(made / "data/verdicts/verdicts.parquet")["persists"].notna().all()


def ask_much(made: Path) -> None:
    """Replaces the rollouts by two dozen questions, half of which the served judge judges to be failures."""
    path = made / "data/rollouts/rollouts.parquet"
    row = store.read_frame(path).iloc[:1]
    rows = [
        row.assign(
            rollout_id=f"trained-{number}", question=f"is number {number} blue ?", answer=("yes", "no")[number % 2]
        )
        for number in range(24)
    ]
    store.write_frame(path, pd.concat(rows, ignore_index=True))


def test_a_killed_run_repeats_only_the_calls_that_were_in_flight(tmp_path: Path) -> None:
    with serving(Server()) as server:
        server.reply = judged
        verifier = {"kind": "vlm", "model": "m.yaml", "confirming_judge": "n.yaml", "votes": 3}
        verify = {"repeats": 1, "injections": 3}
        made = project(tmp_path, candidate={"model": "m.yaml"}, verifier=verifier, verify=verify)
        for name in ("m", "n"):
            served = {"kind": "endpoint", "base_url": server.url, "model": name, "concurrency": 4}
            (made / f"{name}.yaml").write_text(yaml.safe_dump(served))
        ask_much(made)
        command = [sys.executable, "-m", "stages.verify"]
        running = subprocess.Popen(command, cwd=made, env=environment(made), stderr=subprocess.DEVNULL)
        while server.attempts.total() < 250:  # later than the votes of the first judge
            assert running.poll() is None, "it ended before it could be killed"
            time.sleep(0.002)
        running.kill()
        running.wait()
        done = run_stage(made, "verify")
        assert done.returncode == 0, done.stderr
        bodies = [json.dumps(body, sort_keys=True) for body in server.bodies]
        asked = [body for body in bodies if PROBE not in body]
        assert 250 < len({*asked}) <= len(asked) <= len({*asked}) + 4
        assert 0 < len(bodies) - len(asked) <= 8  # one probe of each model in each process
    verdicts = store.read_frame(made / "data/verdicts/verdicts.parquet")
    assert verdicts["outcome"].value_counts().to_dict() == {"correct": 12, "failure": 12}
    assert {name.count("×") for name in verdicts["verifier"]} == {1, 2}  # one judge, or both
    assert set(verdicts["persists"].dropna()) == {1.0}
