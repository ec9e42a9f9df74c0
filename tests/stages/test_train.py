"""The outputs of the stage train, without a training."""

import json
from pathlib import Path

import pytest

from blindspot.errors import BlindspotError
from blindspot.models.description import Extension, Server, Templates, describe, describe_local
from blindspot.models.untrained import refuse_secrets
from blindspot.paths import QUESTIONER
from blindspot.questioner.steering import read_targets, write_targets
from blindspot.records.asker import How
from blindspot.training.run import CHECKPOINT_COLUMNS
from stages.report import _read_rewards
from stages.train import line_of, write_kept, write_outputs

TARGETS = [("judging left-of", "answer yes"), ("counting",)]


def test_an_untrained_questioner_keeps_its_targets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    start = tmp_path / "start"
    start.mkdir()
    for name in ("config.json", "model.safetensors"):
        (start / name).write_text("{}", "utf-8")
    write_targets(start, TARGETS)
    monkeypatch.chdir(tmp_path)
    evaluation: dict[str, float | int | None] = dict.fromkeys(("step", *CHECKPOINT_COLUMNS), 0)
    write_outputs(describe_local(str(start), "the questioner"), [], [], [evaluation], {})
    assert read_targets(QUESTIONER) == TARGETS
    metrics = json.loads(Path("metrics/train.json").read_text("utf-8"))
    assert metrics["steps"] == 0 and metrics["questioner"] == How.TRAINED  # by an earlier run, whose targets it has


@pytest.mark.parametrize(("targets", "how"), [(TARGETS, How.STEERED), ([], How.UNSTEERED)])
def test_local_weights_without_a_step_are_not_trained(
    targets: list[tuple[str, ...]], how: How, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "config.json").write_text("{}", "utf-8")
    monkeypatch.chdir(tmp_path)
    write_outputs(describe_local(str(tmp_path), "the questioner"), targets, [], [], {})
    assert json.loads(Path("metrics/train.json").read_text("utf-8"))["questioner"] == how


SERVER = Server(kind="endpoint", base_url="http://127.0.0.1:9/v1", model="ü", api_key_env="KEY", extra={"a": None})
EXTENSION = Extension(kind="extensions.mine.Mine", options={"a": None, "b": [1, "ü"]})


@pytest.mark.parametrize("questioner", [SERVER, Templates(kind="templates"), EXTENSION], ids=lambda one: one.kind)
def test_a_questioner_that_is_not_trained_is_kept_with_its_targets(
    questioner: Server | Templates | Extension, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    write_kept(questioner, TARGETS)
    assert describe(str(QUESTIONER)) == questioner and read_targets(QUESTIONER) == TARGETS
    metrics = json.loads(Path("metrics/train.json").read_text("utf-8"))
    nothing = {"steps": 0, "calls": 0, "judge_calls": 0, "ended_by": None, "validation": None}
    assert metrics == nothing | {"questioner": "steered"}
    assert _read_rewards().empty and "failure_rate" in _read_rewards()


def test_the_line_about_a_questioner_that_is_not_trained_says_what_happens_instead() -> None:
    served = line_of("questioner.yaml", "endpoint", 3)
    assert served == (
        "train: the questioner questioner.yaml is served, so nothing is trained; harvest steers it to 3 targets"
    )
    assert line_of("q.yaml", "extensions.mine.Mine", 1).endswith("is an extension, so nothing is trained; "
                                                                 "harvest steers it to 1 target")  # fmt: skip
    assert line_of("q.yaml", "templates", 0).endswith("there are no targets to steer it to")


def test_a_secret_of_an_extension_is_not_stored_with_the_questioner() -> None:
    with pytest.raises(BlindspotError, match=r"q.yaml: api_key seems to hold"):
        refuse_secrets(Extension(kind="extensions.mine.Mine", options={"api_key": "x"}), "q.yaml")
    refuse_secrets(EXTENSION, "q.yaml")


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"base_url": "http://me:secret@127.0.0.1/v1"}, "base_url"),
        ({"query": {"subscription-key": "x"}}, "query.subscription-key"),
        ({"extra": {"api_key": "x"}}, "extra.api_key"),
    ],
)
def test_a_secret_is_not_stored_with_the_questioner(changes: dict[str, object], field: str) -> None:
    server = Server.model_validate({"kind": "endpoint", "base_url": "http://127.0.0.1/v1", "model": "m"} | changes)
    with pytest.raises(BlindspotError, match=f"q.yaml: {field} seems to hold"):
        refuse_secrets(server, "q.yaml")
    refuse_secrets(server.model_copy(update={"base_url": "http://a/v1", "query": {}, "extra": {"max_tokens": 4}}), "q")
