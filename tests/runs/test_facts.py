import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest

from blindspot.runs import facts
from blindspot.runs.record import STAGES


@pytest.mark.parametrize(
    ("model", "name"),
    [
        ("models/scenes-candidate", "scenes-candidate"),
        ("configs/models/mine.yaml", "mine"),
        ("Qwen/Qwen2.5-VL-3B", "Qwen2.5-VL-3B"),
        (None, "unknown candidate"),
    ],
)
def test_the_candidate_has_the_name_of_its_folder_or_file(model: str | None, name: str) -> None:
    assert facts.candidate_name({"candidate": {"model": model}} if model else {}) == name


RATES = {"asked": 10, "failure_rate": 0.5, "valid_rate": 1.0, "error_rate": None}


def write(folder: Path, **metrics: Any) -> None:
    (folder / "metrics").mkdir(exist_ok=True)
    for name, values in metrics.items():
        (folder / "metrics" / f"{name}.json").write_text(json.dumps(values), "utf-8")


def test_the_headline_has_the_figures_of_the_stages_that_are_done(tmp_path: Path) -> None:
    verify = {"trained": RATES, "base": RATES, "susceptibility": {"x": 1}}
    write(tmp_path, explore={"calls": 3}, train={"calls": 4}, verify=verify, taxonomy={"failure_modes": 2})
    assert facts.headline(tmp_path, "harvest") == {}
    assert facts.headline(tmp_path, "verify") == {"failure_rate": 0.5, "valid_rate": 1.0, "calls": 27.0}
    assert facts.headline(tmp_path, "report")["failure_modes"] == 2.0
    write(tmp_path, summary={"calls": 30, "usd": 1.5, "novel_modes": 1})
    assert "usd" not in facts.headline(tmp_path, "taxonomy")
    assert {"calls": 30.0, "usd": 1.5}.items() <= facts.headline(tmp_path, "report").items()


def test_missing_and_broken_metrics_are_no_figures(tmp_path: Path) -> None:
    write(tmp_path, verify=[], taxonomy={})
    (tmp_path / "metrics" / "train.json").write_text("{", "utf-8")
    assert facts.headline(tmp_path, "report") == {"calls": 0.0}


def git(folder: Path, *words: str) -> str:
    identity = ["-c", "user.name=x", "-c", "user.email=x@localhost"]
    done = subprocess.run(["git", *identity, *words], cwd=folder, capture_output=True, text=True, check=True)
    return done.stdout.strip()


def test_versions_name_the_commit_and_whether_files_differ(tmp_path: Path) -> None:
    (tmp_path / "prompts.yaml").write_text("a", "utf-8")
    values = {"candidate": {"prompts": "prompts.yaml"}}
    assert facts.versions_at_start(tmp_path, values, os.environ).keys() == {facts.PROMPTS}
    git(tmp_path, "init", "--quiet")
    for name in ("params.yaml", "code.py"):
        (tmp_path / name).write_text("a", "utf-8")
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "--quiet", "--message", "x")
    (tmp_path / "params.yaml").write_text("b", "utf-8")  # parameters are recorded themselves
    found = facts.versions_at_start(tmp_path, values, os.environ)
    assert (found[facts.COMMIT], found[facts.DIRTY]) == (git(tmp_path, "rev-parse", "HEAD"), "false")
    (tmp_path / "code.py").write_text("b", "utf-8")
    (tmp_path / "prompts.yaml").write_text("b", "utf-8")
    later = facts.versions_at_start(tmp_path, values, os.environ)
    assert later[facts.DIRTY] == "true" and later[facts.PROMPTS] != found[facts.PROMPTS]


LOCK = """
stages:
  prepare:
    outs: [{path: data/images, md5: images.dir, size: 1, nfiles: 2}]
  explore:
    deps: [{path: data/images, md5: images.dir}, {path: models/mine, md5: weights.dir}]
    outs: [{path: data/explored, md5: e}]
"""


def test_versions_of_data_and_weights_are_those_of_dvc(tmp_path: Path) -> None:
    (tmp_path / "dvc.lock").write_text(LOCK, "utf-8")
    found = facts.versions_at_end(tmp_path, {"candidate": {"model": "models/mine"}})
    assert found == {facts.WEIGHTS: "weights.dir", facts.DATA: "images.dir"}


def test_the_digest_of_dvc_lock_needs_all_stages_but_the_last(tmp_path: Path) -> None:
    entries = "".join(f"  {name}: {{outs: [{{path: {name}, md5: a}}]}}\n" for name in STAGES[:-1])
    (tmp_path / "dvc.lock").write_text(f"stages:\n{entries}", "utf-8")
    first = facts.versions_at_end(tmp_path, {})[facts.LOCK]
    (tmp_path / "dvc.lock").write_text(f"stages:\n{entries}  report: {{outs: []}}\n", "utf-8")
    assert facts.versions_at_end(tmp_path, {})[facts.LOCK] == first
    (tmp_path / "dvc.lock").write_text(f"stages:\n{entries.replace('md5: a', 'md5: b', 1)}", "utf-8")
    assert facts.versions_at_end(tmp_path, {})[facts.LOCK] != first


def test_a_broken_dvc_lock_gives_no_versions(tmp_path: Path) -> None:
    for text in ("", "stages: []", "stages: {prepare: 1}", "a: [", "stages: {prepare: {outs: [1]}}"):
        (tmp_path / "dvc.lock").write_text(text, "utf-8")
        assert facts.versions_at_end(tmp_path, {}) == {}
