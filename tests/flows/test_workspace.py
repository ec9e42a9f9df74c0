import sys
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import pytest

from blindspot.errors import BlindspotError
from blindspot.params import read
from blindspot.paths import FAILURE_MODES
from blindspot.records.asker import How
from blindspot.records.failure_mode import FailureMode
from blindspot.store import write_json
from flows.overrides import with_changes
from flows.summary import summary
from flows.workspace import prepare_workspace
from tests.flows.toy import make_toy, run
from tests.project import make_project


def prepare(toy: Path, *changes: str) -> tuple[Path, list[str]]:
    """Prepares a run with these changes. Returns its folder and its log."""
    log: list[str] = []
    return prepare_workspace(changed(toy, *changes), toy / ".work", "run", log.append), log


def changed(toy: Path, *changes: str) -> dict[str, Any]:
    return with_changes(read(toy / "params.yaml"), list(changes))


@pytest.fixture
def toy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = make_toy(tmp_path / "toy")
    monkeypatch.chdir(folder)
    return folder


@pytest.mark.slow
def test_a_run_with_the_checkouts_parameters_happens_in_the_checkout(toy: Path) -> None:
    assert prepare(toy) == (toy, [])


@pytest.mark.slow
def test_a_run_with_other_parameters_happens_in_a_clone_that_shares_the_cache(toy: Path) -> None:
    folder, log = prepare(toy, "seed=5")
    assert folder == toy / ".work" / "runs" / "run"
    assert read(folder / "params.yaml")["seed"] == 5
    assert "# The model under test" in (folder / "params.yaml").read_text("utf-8")
    assert run(folder, "dvc", "cache", "dir").stdout.strip() == str(toy / ".dvc" / "cache")
    assert run(toy, "git", "status", "--porcelain").stdout == ""
    assert len(log) == 1


@pytest.mark.slow
def test_the_log_names_uncommitted_files(toy: Path) -> None:
    (toy / "stage.py").write_text("", "utf-8")
    (toy / "new.py").write_text("", "utf-8")
    folder, log = prepare(toy, "seed=5")
    assert log[-1] == "files that are not part of this run, because they are not committed: stage.py, new.py"
    assert (folder / "stage.py").read_text("utf-8")


@pytest.mark.slow
def test_a_retried_run_uses_its_clone_again(toy: Path) -> None:
    folder, _ = prepare(toy, "seed=5")
    (folder / "kept").write_text("", "utf-8")
    assert (prepare(toy, "seed=5")[0] / "kept").is_file()


@pytest.mark.slow
def test_weights_that_git_does_not_track_are_copied(toy: Path) -> None:
    (toy / "models" / "questioner").mkdir()
    (toy / "models" / "questioner" / "config.json").write_text("yesterday's", "utf-8")
    folder, _ = prepare(toy, "train.base_model=models/questioner")
    (toy / "models" / "questioner" / "config.json").write_text("today's", "utf-8")
    start = read(folder / "params.yaml")["train"]["base_model"]
    assert (folder / start / "config.json").read_text("utf-8") == "yesterday's"
    assert start == "models/start"


@pytest.mark.slow
def test_weights_of_another_run_are_copied(toy: Path) -> None:
    other = toy / ".work" / "runs" / "other" / "models" / "questioner"
    other.mkdir(parents=True)
    (other / "config.json").write_text("the other's", "utf-8")
    folder, _ = prepare(toy, f"train.base_model={other}")
    assert read(folder / "params.yaml")["train"]["base_model"] == "models/start"
    assert (folder / "models/start/config.json").read_text("utf-8") == "the other's"


@pytest.mark.slow
def test_a_model_description_that_git_does_not_track_is_copied(toy: Path) -> None:
    (toy / "mine.yaml").write_text("kind: local\nmodel: some/model\n", "utf-8")
    folder, _ = prepare(toy, "train.base_model=mine.yaml")
    assert read(folder / "params.yaml")["train"]["base_model"] == "models/start.yaml"
    assert (folder / "models/start.yaml").read_text("utf-8") == (toy / "mine.yaml").read_text("utf-8")


@pytest.mark.slow
def test_extensions_are_copied_as_they_are_in_the_checkout(toy: Path) -> None:
    (toy / "extensions").mkdir()
    mine = toy / "extensions" / "mine.py"
    mine.write_text("class Mine: ...", "utf-8")
    folder, log = prepare(toy, "candidate.model=extensions/mine.py", "train.base_model=extensions/mine.py")
    mine.write_text("class Later: ...", "utf-8")
    assert (folder / "extensions" / "mine.py").read_text("utf-8") == "class Mine: ..."
    values = read(folder / "params.yaml")
    assert values["candidate"]["model"] == values["train"]["base_model"] == "extensions/mine.py"
    assert len(log) == 1, "nothing is left out of the run"


def test_training_that_starts_from_its_own_output_happens_in_a_clone(toy: Path) -> None:
    (toy / "models" / "questioner").mkdir()
    text = (toy / "params.yaml").read_text("utf-8")
    changed_text = text.replace("base_model: models/scenes-questioner", "base_model: models/questioner")
    assert changed_text != text
    (toy / "params.yaml").write_text(changed_text, "utf-8")
    folder, _ = prepare(toy)
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
def test_a_registered_questioner_is_downloaded(toy: Path) -> None:
    run(toy, sys.executable, "-c", REGISTER)
    folder, _ = prepare(toy, "train.base_model=models:/blindspot-questioner@best")
    start = read(folder / "params.yaml")["train"]["base_model"]
    assert start == "models/registered/blindspot-questioner-1"
    assert (folder / start / "config.json").is_file()
    for start in ("models:/nobody/3", "models:/blindspot-questioner@worst", "models:/blindspot-questioner/2"):
        with pytest.raises(BlindspotError, match=f"^{start} is not in MLflow's registry"):
            prepare_workspace(changed(toy, f"train.base_model={start}"), toy / ".work", "other", print)
    assert [path.name for path in folder.parent.iterdir()] == ["run"]


@pytest.mark.slow
def test_prompts_are_copied_as_they_are_in_the_checkout(toy: Path, tmp_path: Path) -> None:
    ours, outside = toy / "configs" / "prompts" / "scenes.yaml", tmp_path / "mine.yaml"
    changed_text = ours.read_text("utf-8") + "# changed\n"
    ours.write_text(changed_text, "utf-8")
    outside.write_text(changed_text, "utf-8")
    folder, log = prepare(toy, f"candidate.prompts={outside}", "verifier.prompts=../mine.yaml")
    values = read(folder / "params.yaml")
    named = {name: values[name]["prompts"] for name in ("train", "candidate", "verifier", "taxonomy")}
    assert named == {
        "train": "configs/prompts/scenes.yaml",
        "candidate": "configs/prompts/candidate.copy.yaml",
        "verifier": "configs/prompts/verifier.copy.yaml",
        "taxonomy": "configs/prompts/scenes.yaml",
    }
    assert {(folder / name).read_text("utf-8") for name in named.values()} == {changed_text}
    assert not any("not committed" in line for line in log)


def test_a_run_with_targets_that_cannot_be_read_does_not_start(toy: Path, tmp_path: Path) -> None:
    for targets in ("nowhere", str(tmp_path)):
        with pytest.raises(BlindspotError, match=f"explore.targets: .*{Path(targets).name}"):
            prepare(toy, f"explore.targets={targets}")


def test_a_run_with_invalid_prompts_does_not_start(toy: Path) -> None:
    (toy / "mine.yaml").write_text("judge: {}\n", "utf-8")
    with pytest.raises(BlindspotError, match=r"mine.yaml: judge.validity is missing"):
        prepare(toy, "taxonomy.prompts=mine.yaml")
    with pytest.raises(BlindspotError, match=r"prompts file .*none.yaml does not exist"):
        prepare(toy, "taxonomy.prompts=none.yaml")


@pytest.mark.slow
def test_photographs_that_git_does_not_track_are_found_from_the_clone(toy: Path) -> None:
    (toy / "photos").mkdir()
    (toy / "list.csv").write_text("path\n", "utf-8")
    folder, _ = prepare(toy, "prepare.folder=photos", "prepare.file=list.csv", "prepare.dataset.name=photos")
    found = read(folder / "params.yaml")["prepare"]
    assert found["folder"] == found["dataset"]["name"] == str(toy / "photos")
    assert found["file"] == str(toy / "list.csv")


@pytest.mark.slow
def test_a_repository_without_a_commit_is_a_user_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make_project(tmp_path)
    run(tmp_path, "git", "init", "--quiet")
    monkeypatch.chdir(tmp_path)
    with pytest.raises(BlindspotError, match=r"has no commit: commit its files"):
        prepare(tmp_path, "seed=5")
    assert not (tmp_path / ".work" / "runs" / "run").exists()


def test_the_summary_has_the_rates_and_the_failure_modes(tmp_path: Path) -> None:
    (tmp_path / "metrics").mkdir()
    (tmp_path / "metrics" / "verify.json").write_text(
        '{"trained": {"asked": 1200, "failure_rate": 0.5, "valid_rate": 0.97}, '
        '"base": {"asked": 0, "failure_rate": null, "valid_rate": null}}'
    )
    counting = FailureMode(
        "a", "Counting questions", ("counting",), 90, 63, 0.7, 0.6, 0.8, 9.0, 0.0, (), status="confirmed"
    )
    other = replace(
        counting, name="Others", features=("x", "y"), failures=45, error_rate=0.5, low=0.4, high=0.6, documented=()
    )
    missed = replace(counting, status="not_confirmed")
    write_json(tmp_path / FAILURE_MODES, [asdict(one) for one in (counting, replace(other, recurrence=0.8), missed)])
    lines = [line.replace("\u00a0", " ") for line in summary(tmp_path)]
    assert lines == [
        "trained: 1,200 questions, failure rate 50 %, valid rate 97 %",
        "2 confirmed failure modes of 3 discovered",
        "  Counting questions: error rate 70 % (60 % – 80 %, 63 of 90 wrong), weak evidence [counting]",
        "  Others: error rate 50 % (40 % – 60 %, 45 of 90 wrong), moderate evidence, novel [x + y]",
    ]
    rare = replace(counting, name="Rare", recurrence=0.5)
    write_json(tmp_path / FAILURE_MODES, [asdict(one) for one in (rare, counting)])
    assert [line.split(":")[0] for line in summary(tmp_path)[2:]] == ["  Counting questions", "  Rare"]
    write_json(tmp_path / FAILURE_MODES, [asdict(counting)] * 7)
    assert summary(tmp_path)[1] == "7 confirmed failure modes of 7 discovered, the first 5"
    assert len(summary(tmp_path)) == 7


@pytest.mark.parametrize("how", How)
def test_the_summary_says_trained_only_if_the_questioner_was(how: How, tmp_path: Path) -> None:
    (tmp_path / "metrics").mkdir()
    rates = {"asked": 9, "failure_rate": 0.5, "valid_rate": None}
    write_json(tmp_path / "metrics" / "verify.json", {"trained": rates, "base": rates})
    write_json(tmp_path / "metrics" / "train.json", {"steps": 0, "questioner": how})
    assert [line.split(":")[0] for line in summary(tmp_path)] == [how, "base"]
    assert summary(tmp_path)[1].endswith("valid rate none")


def test_the_summary_is_empty_without_results(tmp_path: Path) -> None:
    assert summary(tmp_path) == []


def test_a_file_that_a_parameter_names_is_part_of_the_run(toy: Path) -> None:
    (toy / "mine.yaml").write_text("kind: planted\ngaps: []\n", "utf-8")
    (toy / "photos").mkdir()
    (toy / "photos" / "one.png").write_text("x", "utf-8")
    _, log = prepare(toy, "candidate.model=mine.yaml", "prepare.folder=photos")
    assert not any("not committed" in line for line in log)
