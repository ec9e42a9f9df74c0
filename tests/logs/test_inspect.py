"""Logs that Inspect wrote."""

import json
import math
import zipfile
from pathlib import Path
from typing import Any

import pytest

from blindspot.errors import BlindspotError
from blindspot.logs.inspect_file import ZSTANDARD, read_eval
from tests.logs.files import DATA, notes, read, row

LOGS = DATA / "inspect"


def log_with(*samples: dict[str, Any], **header: Any) -> dict[str, Any]:
    return {"version": 2, "status": "success", "eval": {"task": "t", "model": "org/vlm"}, **header, "samples": samples}


def sample(**fields: Any) -> dict[str, Any]:
    return {"id": 1, "epoch": 1, "input": "What colour?", "target": "red", "output": {"completion": "Red."}, **fields}


def write(path: Path, log: dict[str, Any]) -> Path:
    path.write_text(json.dumps(log))
    return path


def test_the_logs_are_compressed_with_zstandard() -> None:
    with zipfile.ZipFile(LOGS / "shapes_open.eval") as archive:
        assert {one.compress_type for one in archive.infolist()} == {ZSTANDARD}
    assert len(read_eval(LOGS / "shapes_open.eval")["samples"]) == 8


def test_epochs_errors_and_values() -> None:
    frame = read(LOGS / "shapes_open.eval")
    assert frame["model"].unique().tolist() == ["mockllm/model"]
    assert frame["row_id"].tolist() == [f"open-{number}{mark}" for number in range(4) for mark in ("", "#2")]
    by_id = frame.set_index("row_id")
    assert by_id.loc["open-0", "wrong"] == 0 and by_id.loc["open-0", "answer"] == "red"
    assert by_id.loc["open-0", "raw"] == "It is red."
    assert by_id.loc["open-1", "score"] == 0.5 and by_id.loc["open-1", "wrong"] == 0, "partially correct"
    assert by_id.loc["open-1", "references"] == ["green", "greenish"]
    assert by_id.loc["open-2", "unscored"] == "no answer" and math.isnan(by_id["wrong"].loc["open-2"])
    for failed in ("open-3", "open-3#2"):
        assert by_id.loc[failed, "unscored"] == "error: RuntimeError('the server sent no reply')"
        assert by_id.loc[failed, "answer"] is None and math.isnan(by_id["wrong"].loc[failed])
    assert "give --score for match" in notes(frame) and "2 rows have an error" in notes(frame)
    assert read(LOGS / "shapes_open.eval", wrong_below=0.6).set_index("row_id").loc["open-1", "wrong"] == 1


def test_images_are_taken_from_the_attachments() -> None:
    for name in ("shapes_open.eval", "shapes_open.json", "shapes_choice.eval"):
        frame = read(LOGS / name)
        assert len(frame) and all(image.startswith("data:image/png;base64,") for image in frame["image"])
    assert read(LOGS / "shapes_open.json")["image_id"].tolist() == ["square-0", "square-1"], "from the metadata"
    assert read(LOGS / "shapes_choice.eval")["image_id"].nunique() == 1, "the same picture twice"


@pytest.mark.parametrize("ending", ["eval", "json"])
def test_multiple_choice(ending: str) -> None:
    frame = read(LOGS / f"shapes_choice.{ending}")
    assert row(frame)["options"] == {"A": "red", "B": "green", "C": "blue"}
    assert row(frame)["question"] == "Which colour has square 1?"
    assert frame["references"].tolist() == [["green", "B"]] * 2 and frame["answer"].tolist() == ["B", "A"]
    assert frame["wrong"].tolist() == [0, 1] and frame["score"].isna().all()


def test_the_user_chooses_the_scorer() -> None:
    path = LOGS / "shapes_values.eval"
    assert read(path)["score"].tolist() == [1, 1, 1]
    assert "two_values.colour" in notes(read(path))
    assert read(path, score="two_values.colour")["wrong"].tolist() == [1, 1, 1]
    assert read(path, score="share")["score"].tolist() == [0.75, 0.2, 0.75]
    with pytest.raises(BlindspotError, match="no scorer shares: give --score one of: two_values, share"):
        read(path, score="shares")


def test_limits_and_logs_without_scores() -> None:
    limited = read(LOGS / "shapes_limit.eval")
    assert set(limited["unscored"]) == {"limit: token"} and limited["wrong"].isna().all()
    assert limited["answer"].tolist() == [None] * 3, "the limit ended them before a reply"
    assert "3 of them a verdict" in notes(limited)
    plain = read(LOGS / "shapes_unscored.eval")
    assert plain["wrong"].isna().all() and plain["unscored"].isna().all() and plain["answer"].notna().all()


def test_logs_of_one_model_are_joined() -> None:
    frame = read(LOGS / "shapes_open.eval", LOGS / "shapes_choice.eval", LOGS / "shapes_limit.eval")
    assert frame["row_id"].is_unique and frame["model"].nunique() == 1
    assert {"shapes_open/open-0", "shapes_open/open-0#2", "shapes_choice/1"} <= set(frame["row_id"])


def test_an_old_log_is_compressed_with_deflate(tmp_path: Path) -> None:
    value = read_eval(LOGS / "shapes_open.eval")
    with zipfile.ZipFile(tmp_path / "old.eval", "w", zipfile.ZIP_DEFLATED) as archive:
        for number, one in enumerate(value.pop("samples")):
            archive.writestr(f"samples/{number}.json", json.dumps(one))
        archive.writestr("header.json", json.dumps(value))
    old, new = read(tmp_path / "old.eval"), read(LOGS / "shapes_open.eval")
    assert old["wrong"].tolist() == pytest.approx(new["wrong"].tolist(), nan_ok=True)


def test_an_interrupted_evaluation_has_only_its_start(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.eval", "w") as archive:
        archive.writestr("_journal/start.json", json.dumps({"version": 2, "eval": {"task": "t", "model": "m"}}))
        archive.writestr("samples/1_epoch_1.json", json.dumps(sample()))
    frame = read(tmp_path / "a.eval")
    assert row(frame)["question"] == "What colour?" and "status started" in notes(frame)


@pytest.mark.parametrize("keep", [10, 3000, -100])
def test_a_truncated_file_is_refused(tmp_path: Path, keep: int) -> None:
    (tmp_path / "a.eval").write_bytes((LOGS / "shapes_open.eval").read_bytes()[:keep])
    with pytest.raises(BlindspotError, match=r"a\.eval cannot be read as an Inspect log .*inspect log recover"):
        read(tmp_path / "a.eval")


def test_a_damaged_member_is_refused(tmp_path: Path) -> None:
    data = bytearray((LOGS / "shapes_open.eval").read_bytes())
    with zipfile.ZipFile(LOGS / "shapes_open.eval") as archive:
        start = next(one for one in archive.infolist() if one.filename.startswith("samples/")).header_offset
    data[start + 200 : start + 260] = bytes(60)
    (tmp_path / "a.eval").write_bytes(data)
    with pytest.raises(BlindspotError, match="cannot be read as an Inspect log"):
        read(tmp_path / "a.eval")


@pytest.mark.parametrize(
    ("value", "wrong", "unscored"),
    [
        ("C", 0, None),
        ("I", 1, None),
        ("N", math.nan, "no answer"),
        ("yes", 0, None),
        ("incorrect", 1, None),
        (True, 0, None),
        (False, 1, None),
        (0.4, 1, None),
        (0.5, 0, None),
        ([1], 0, None),
        ({"accuracy": 0}, 1, None),
        (math.nan, math.nan, None),
        ("a text", math.nan, None),
        (None, math.nan, None),
    ],
)
def test_values_of_scores(tmp_path: Path, value: Any, wrong: float, unscored: str | None) -> None:
    scored = sample(scores={"graded": {"value": value}})
    found = row(read(write(tmp_path / "a.json", log_with(scored))))
    assert found["wrong"] == pytest.approx(wrong, nan_ok=True) and found["unscored"] == unscored


def test_scores_above_1_need_a_limit(tmp_path: Path) -> None:
    path = write(tmp_path / "a.json", log_with(sample(scores={"rated": {"value": 7}})))
    assert math.isnan(row(read(path))["wrong"]) and "--score rated and --wrong-below" in notes(read(path))
    assert row(read(path, score="rated", wrong_below=8))["wrong"] == 1


def test_a_cut_off_reply_keeps_the_verdict_of_the_log(tmp_path: Path) -> None:
    cut = {"completion": "Red", "choices": [{"stop_reason": "max_tokens", "message": {"role": "assistant"}}]}
    scored = sample(output=cut, scores={"match": {"value": "C"}})
    found = read(write(tmp_path / "a.json", log_with(scored, sample(id=2, output=cut))))
    assert found["wrong"].tolist() == pytest.approx([0, math.nan], nan_ok=True)
    assert found["unscored"].tolist() == [None, "cut off"]


def test_an_evaluation_without_a_model_names_that_of_its_outputs(tmp_path: Path) -> None:
    output = {"completion": "Red.", "model": "inner/vlm"}
    log = log_with(sample(output=output), eval={"task": "t", "model": "none/none"})
    assert row(read(write(tmp_path / "a.json", log)))["model"] == "inner/vlm"


def test_names_of_columns_are_reported_as_unused() -> None:
    assert "so prompt is not used" in notes(read(LOGS / "shapes_choice.eval", question="prompt"))


@pytest.mark.parametrize(
    ("fields", "place"),
    [
        ({"scores": 3}, "samples.1.scores"),
        ({"scores": {"match": "C"}}, "samples.1.scores.match"),
        ({"output": []}, "samples.1.output"),
        ({"id": [1]}, "samples.1.id"),
        ({"metadata": "none"}, "samples.1.metadata"),
    ],
)
def test_other_types_are_refused(tmp_path: Path, fields: dict[str, Any], place: str) -> None:
    with pytest.raises(BlindspotError, match=rf"not an Inspect log of a known form \({place}"):
        read(write(tmp_path / "a.json", log_with(sample(), sample(**fields))))


def test_a_log_without_samples_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BlindspotError, match="has no samples"):
        read(write(tmp_path / "a.json", log_with()))


def test_the_question_is_the_last_message_of_the_user(tmp_path: Path) -> None:
    chat = [
        {"role": "system", "content": "Be brief."},
        {"role": "user", "content": "What colour is the first?"},
        {"role": "assistant", "content": "Red."},
        {"role": "user", "content": [{"type": "image", "image": "b.png"}, {"type": "text", "text": "And this?"}]},
    ]
    found = row(read(write(tmp_path / "a.json", log_with(sample(input=chat)))))
    assert found["question"] == "And this?" and found["image"] == "b.png" and found["image_id"] == "b.png"
