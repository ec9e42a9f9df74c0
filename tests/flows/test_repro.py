import json
import os
from pathlib import Path

import pytest
import yaml

from blindspot.errors import BlindspotError
from flows.repro import leading_unchanged, list_stages, reproduce
from tests.flows.toy import ROOT, make_toy


def test_stages_have_the_order_of_dvc_yaml_and_frozen_ones_are_left_out() -> None:
    names = ["budget", "prepare", "explore", "train", "harvest", "verify", "audit", "taxonomy", "report"]
    assert list_stages(ROOT) == names


def test_a_folder_without_a_pipeline_is_a_user_error(tmp_path: Path) -> None:
    with pytest.raises(BlindspotError, match=r"dvc.yaml cannot be read.*run from the repository's root"):
        list_stages(tmp_path)


@pytest.mark.slow
def test_reproduce_returns_what_dvc_did(tmp_path: Path) -> None:
    toy = make_toy(tmp_path / "toy")
    log: list[str] = []
    assert leading_unchanged(["prepare", "train"], toy) == set()
    assert reproduce("prepare", toy, {}, log.append) == "ran"
    assert "making data/images" in log
    assert reproduce("prepare", toy, {}, log.append) == "up to date"
    assert leading_unchanged(["prepare", "train"], toy) == {"prepare"}
    (toy / "data" / "images").unlink()
    (toy / "dvc.lock").unlink()
    assert reproduce("prepare", toy, {}, log.append) == "restored"


@pytest.mark.slow
def test_the_error_is_the_failing_stages_own_line(tmp_path: Path) -> None:
    toy = make_toy(tmp_path / "toy")
    values = yaml.safe_load((toy / "params.yaml").read_text("utf-8"))
    values["train"]["steps"] = 13
    (toy / "params.yaml").write_text(yaml.safe_dump(values), "utf-8")
    reproduce("prepare", toy, {}, print)
    with pytest.raises(BlindspotError, match=r"^stage train failed: thirteen: choose another number$"):
        reproduce("train", toy, {}, print)


@pytest.mark.slow
def test_reproduce_waits_for_another_dvc_process(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("flows.repro.BUSY_SECONDS", 0.1)
    toy = make_toy(tmp_path / "toy")
    lock = toy / ".dvc" / "tmp" / "rwlock"
    lock.parent.mkdir(exist_ok=True)
    lock.write_text(json.dumps({"write": {str(toy / "data/images"): {"pid": os.getpid(), "cmd": "dvc"}}}), "utf-8")
    log: list[str] = []

    def listen(line: str) -> None:
        log.append(line)
        if line.startswith("another dvc process is running"):
            lock.unlink(missing_ok=True)

    assert reproduce("prepare", toy, {}, listen) == "ran"
    assert [line for line in log if line.startswith("another dvc process is running")]
