"""What `blindspot doctor` finds missing."""

import shutil
from pathlib import Path

import pytest
import yaml

from blindspot.doctor import Check, examine, unready_servers
from blindspot.params import read
from flows.doctor import main
from tests.models.fake_server import Reply, fake
from tests.project import REPOSITORY, make_project


def project(folder: Path, **candidate: object) -> Path:
    made = make_project(folder)
    for name in ("models", "configs", "requirements.lock"):
        (made / name).symlink_to(REPOSITORY / name)
    if candidate:
        (made / "server.yaml").write_text(yaml.safe_dump({"kind": "endpoint"} | candidate), "utf-8")
        values = read(made / "params.yaml")
        values["candidate"]["model"] = "server.yaml"
        (made / "params.yaml").write_text(yaml.safe_dump(values), "utf-8")
    return made


def found(folder: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, Check]:
    monkeypatch.chdir(folder)
    return {check.name: check for check in examine(folder, read(folder / "params.yaml"))}


def test_nothing_is_missing_for_the_default_parameters(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    checks = found(project(tmp_path), monkeypatch)
    assert [check for check in checks.values() if check.missing] == []
    assert checks["candidate.model"].found == "models/scenes-candidate"
    assert {"python", "git", "dvc", "packages", "disk", "gpu"} <= {*checks}


def test_a_model_that_is_not_there_is_named_with_its_parameter(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = make_project(project(tmp_path), candidate={"model": "models/mine/weights"})
    checks = found(folder, monkeypatch)
    assert checks["candidate.model"].missing and "models/mine/weights" in checks["candidate.model"].found
    (folder / "models").unlink()  # the other names may be ids on the hub
    assert found(folder, monkeypatch)["train.base_model"].state == "note"


def test_a_model_whose_processor_cannot_be_loaded_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = make_project(project(tmp_path), candidate={"model": "mine"})
    shutil.copytree(REPOSITORY / "models/scenes-candidate", folder / "mine")
    assert found(folder, monkeypatch)["candidate.model"].state == "ok"
    for file in (*(folder / "mine").glob("*processor_config.json"), folder / "mine/chat_template.jinja"):
        file.unlink(missing_ok=True)
    check = found(folder, monkeypatch)["candidate.model"]
    assert check.missing and "mine" in check.found


def test_a_prompts_file_that_is_invalid_is_named_with_its_parameter(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = make_project(project(tmp_path), verifier={"prompts": "mine.yaml"})
    (folder / "mine.yaml").write_text("juge: {}\n", "utf-8")
    checks = found(folder, monkeypatch)
    assert checks["candidate.prompts"].state == "ok"
    assert checks["verifier.prompts"].missing and "did you mean judge?" in checks["verifier.prompts"].found


@pytest.mark.parametrize(
    ("reply", "missing", "says"),
    [
        (Reply({"data": [{"id": "m"}]}), False, "m at http://127.0.0.1"),
        (Reply({"data": [{"id": "other"}]}), True, "serves no model m: set model to one of: other"),
        (Reply({"error": "who are you"}, 401), True, "rejects the API key"),
        (Reply("[]"), False, "answers, and lists no models"),
    ],
)
def test_a_server_is_asked_for_its_models(
    reply: Reply, missing: bool, says: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with fake(lambda *_: reply, models=reply) as server:
        checks = found(project(tmp_path, base_url=server.url, model="m"), monkeypatch)
    assert checks["candidate.model"].missing == missing
    assert says in checks["candidate.model"].found


def test_servers_that_are_not_ready_are_found_before_a_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = project(tmp_path / "a", base_url="http://127.0.0.1:9/v1", model="m")
    monkeypatch.chdir(folder)
    [problem] = unready_servers(read(folder / "params.yaml"))
    assert problem.startswith("candidate.model: no server answers at http://127.0.0.1:9/v1")
    with fake(lambda *_: Reply({}), models=Reply({"data": [{"id": "m"}]})) as server:
        ready = project(tmp_path / "b", base_url=server.url, model="m")
        monkeypatch.chdir(ready)
        assert unready_servers(read(ready / "params.yaml")) == []


def test_a_server_that_does_not_answer_and_a_key_that_is_not_set_are_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    checks = found(project(tmp_path / "a", base_url="http://127.0.0.1:9/v1", model="m"), monkeypatch)
    assert checks["candidate.model"].missing and "no server answers" in checks["candidate.model"].found
    checks = found(
        project(tmp_path / "b", base_url="http://127.0.0.1:9/v1", model="m", api_key_env="NO_KEY"), monkeypatch
    )
    assert checks["candidate.model"].missing and "export NO_KEY=" in checks["candidate.model"].found


def test_absent_and_other_packages_are_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = project(tmp_path)
    (folder / "requirements.lock").unlink()
    (folder / "requirements.lock").write_text("no-such-package==1.0\npydantic==0.1\n", "utf-8")
    checks = [check for check in examine(folder, read(folder / "params.yaml")) if check.name == "packages"]
    assert [check.state for check in checks] == ["missing", "note"]
    assert "no-such-package" in checks[0].found and "pydantic" in checks[1].found and "0.1" in checks[1].found


def test_a_torchvision_that_does_not_fit_torch_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package = tmp_path / "packages" / "torchvision"
    package.mkdir(parents=True)
    code = 'raise RuntimeError("operator torchvision::nms does not exist")'
    (package / "__init__.py").write_text(code, "utf-8")
    (tmp_path / "packages" / "torchvision-0.1.dist-info").mkdir()
    metadata = tmp_path / "packages" / "torchvision-0.1.dist-info" / "METADATA"
    metadata.write_text("Metadata-Version: 2.1\nName: torchvision\nVersion: 0.1\n", "utf-8")
    monkeypatch.syspath_prepend(tmp_path / "packages")
    check = found(project(tmp_path / "project"), monkeypatch)["torchvision"]
    assert check.missing and check.found.startswith("torchvision 0.1 does not fit torch ")
    assert "operator torchvision::nms does not exist" in check.found and "pip install torch==" in check.found


def test_the_command_takes_a_recipe_and_changes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = project(tmp_path)
    (folder / "mine.yaml").write_text("base: params.yaml\ncandidate: {model: configs/models/planted.yaml}\n", "utf-8")
    monkeypatch.chdir(folder)
    monkeypatch.setattr("sys.argv", ["doctor", "-R", "mine.yaml", "-P", "train.base_model=models/absent/weights"])
    with pytest.raises(SystemExit) as ended:
        main()
    said = capsys.readouterr().out
    assert ended.value.code == 1
    assert "ok      candidate.model: configs/models/planted.yaml, a planted candidate\n" in said
    assert "missing train.base_model: models/absent/weights" in said
