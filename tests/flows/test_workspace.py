import sys
from pathlib import Path
from typing import Any

import pytest

from blindspot.errors import BlindspotError
from blindspot.params import read
from flows.overrides import with_changes
from flows.summary import summary
from flows.workspace import prepare_place
from tests.flows.toy import ROOT, make_toy, run


def place(toy: Path, *changes: str) -> tuple[Path, list[str]]:
    """Where a run with these changes happens, and what it logs."""
    log: list[str] = []
    return prepare_place(changed(toy, *changes), toy / ".work", "run", log.append), log


def changed(toy: Path, *changes: str) -> dict[str, Any]:
    return with_changes(read(toy / "params.yaml"), list(changes))


@pytest.fixture
def toy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = make_toy(tmp_path / "toy")
    monkeypatch.chdir(folder)
    return folder


@pytest.mark.slow
def test_own_parameters_run_here(toy: Path) -> None:
    assert place(toy) == (toy, [])


@pytest.mark.slow
def test_other_parameters_run_in_a_clone_that_shares_the_cache(toy: Path) -> None:
    folder, log = place(toy, "seed=5")
    assert folder == toy / ".work" / "runs" / "run"
    assert read(folder / "params.yaml")["seed"] == 5
    assert "# the model under test" in (folder / "params.yaml").read_text("utf-8")
    assert run(folder, "dvc", "cache", "dir").stdout.strip() == str(toy / ".dvc" / "cache")
    assert run(toy, "git", "status", "--porcelain").stdout == ""
    assert len(log) == 1


@pytest.mark.slow
def test_uncommitted_code_is_named(toy: Path) -> None:
    (toy / "stage.py").write_text("", "utf-8")
    (toy / "new.py").write_text("", "utf-8")
    folder, log = place(toy, "seed=5")
    assert log[-1] == "not part of this run, because not committed: stage.py, new.py"
    assert (folder / "stage.py").read_text("utf-8")


@pytest.mark.slow
def test_retried_run_goes_on_in_its_clone(toy: Path) -> None:
    folder, _ = place(toy, "seed=5")
    (folder / "kept").write_text("", "utf-8")
    assert (place(toy, "seed=5")[0] / "kept").is_file()


@pytest.mark.slow
def test_weights_that_git_has_not_are_copied_and_fixed(toy: Path) -> None:
    (toy / "models" / "questioner").mkdir()
    (toy / "models" / "questioner" / "config.json").write_text("yesterday's", "utf-8")
    folder, _ = place(toy, "train.base_model=models/questioner")
    (toy / "models" / "questioner" / "config.json").write_text("today's", "utf-8")
    start = read(folder / "params.yaml")["train"]["base_model"]
    assert (folder / start / "config.json").read_text("utf-8") == "yesterday's"
    assert start == "models/start"


@pytest.mark.slow
def test_weights_of_another_run_are_copied_and_fixed_too(toy: Path) -> None:
    other = toy / ".work" / "runs" / "other" / "models" / "questioner"
    other.mkdir(parents=True)
    (other / "config.json").write_text("the other's", "utf-8")
    folder, _ = place(toy, f"train.base_model={other}")
    assert read(folder / "params.yaml")["train"]["base_model"] == "models/start"
    assert (folder / "models/start/config.json").read_text("utf-8") == "the other's"


@pytest.mark.slow
def test_a_description_that_git_does_not_have_is_fixed_too(toy: Path) -> None:
    (toy / "mine.yaml").write_text("kind: local\nmodel: some/model\n", "utf-8")
    folder, _ = place(toy, "train.base_model=mine.yaml")
    assert read(folder / "params.yaml")["train"]["base_model"] == "models/start.yaml"
    assert (folder / "models/start.yaml").read_text("utf-8") == (toy / "mine.yaml").read_text("utf-8")


def test_a_training_that_starts_from_its_own_output_runs_in_a_clone(toy: Path) -> None:
    (toy / "models" / "questioner").mkdir()
    text = (toy / "params.yaml").read_text("utf-8")
    changed_text = text.replace("base_model: models/scenes-questioner", "base_model: models/questioner")
    assert changed_text != text
    (toy / "params.yaml").write_text(changed_text, "utf-8")
    folder, _ = place(toy)
    assert folder != toy
    assert read(folder / "params.yaml")["train"]["base_model"] == "models/start"


REGISTER = """
import mlflow
from pathlib import Path
from blindspot.tracking import store_uri
Path(".work/mlflow").mkdir(parents=True)
Path(".work/config.json").write_text("{}")
mlflow.set_tracking_uri(store_uri(Path(".work").resolve()))
with mlflow.start_run():
    model = mlflow.initialize_logged_model("questioner")
    client = mlflow.MlflowClient()
    client.log_model_artifact(model.model_id, ".work/config.json")
    mlflow.finalize_logged_model(model.model_id, "READY")
    version = mlflow.register_model(f"models:/{model.model_id}", "blindspot-questioner")
    client.set_registered_model_alias("blindspot-questioner", "best", version.version)
"""


@pytest.mark.slow
def test_registered_questioner_becomes_fixed_weights(toy: Path) -> None:
    run(toy, sys.executable, "-c", REGISTER)
    folder, _ = place(toy, "train.base_model=models:/blindspot-questioner@best")
    start = read(folder / "params.yaml")["train"]["base_model"]
    assert start == "models/registered/blindspot-questioner-1"
    assert (folder / start / "config.json").is_file()
    for start in ("models:/nobody/3", "models:/blindspot-questioner@worst", "models:/blindspot-questioner/2"):
        with pytest.raises(BlindspotError, match=f"^{start} is not in MLflow's registry"):
            prepare_place(changed(toy, f"train.base_model={start}"), toy / ".work", "other", print)
    assert [path.name for path in folder.parent.iterdir()] == ["run"]


@pytest.mark.slow
def test_photos_beside_the_code_are_found_from_the_clone(toy: Path) -> None:
    (toy / "photos").mkdir()
    (toy / "list.csv").write_text("path\n", "utf-8")
    folder, _ = place(toy, "prepare.folder=photos", "prepare.file=list.csv", "prepare.dataset.name=photos")
    found = read(folder / "params.yaml")["prepare"]
    assert found["folder"] == found["dataset"]["name"] == str(toy / "photos")
    assert found["file"] == str(toy / "list.csv")


@pytest.mark.slow
def test_nothing_committed_is_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "params.yaml").write_text((ROOT / "params.yaml").read_text("utf-8"), "utf-8")
    run(tmp_path, "git", "init", "--quiet")
    monkeypatch.chdir(tmp_path)
    with pytest.raises(BlindspotError, match="commit"):
        place(tmp_path, "seed=5")
    assert not (tmp_path / ".work" / "runs" / "run").exists()


def test_what_was_found_is_told_in_a_few_lines(tmp_path: Path) -> None:
    (tmp_path / "metrics").mkdir()
    (tmp_path / "metrics" / "verify.json").write_text(
        '{"trained": {"asked": 1200, "failure_rate": 0.5, "valid_rate": 0.97}, '
        '"base": {"asked": 0, "failure_rate": null, "valid_rate": null}}'
    )
    (tmp_path / "data" / "taxonomy").mkdir(parents=True)
    (tmp_path / "data" / "taxonomy" / "failure_modes.json").write_text(
        '[{"name": "counting", "error_rate": 0.7, "low": 0.6, "high": 0.8, "asked": 90, "failures": 63}, '
        '{"name": "comparing", "error_rate": 0.5, "low": 0.4, "high": 0.6, "asked": 90, "failures": 45, '
        '"documented": []}]'
    )
    assert summary(tmp_path) == [
        "trained: 1,200 questions asked, 50 % failures, 97 % valid",
        "base: 0 questions asked, no rate of failures, no rate of valid",
        "failure modes: 2",
        "  70 % wrong (60 %–80 %, 90 asked): counting",
        "  50 % wrong (40 %–60 %, 90 asked): comparing (new)",
    ]


def test_nothing_found_is_no_line(tmp_path: Path) -> None:
    assert summary(tmp_path) == []
