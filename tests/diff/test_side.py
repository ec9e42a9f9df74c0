"""Reading runs and analyses as sides of a comparison, and finding their common questions."""

from pathlib import Path

import pandas as pd
import pytest

from blindspot.diff.pairs import pair
from blindspot.diff.side import read_folder, read_side
from blindspot.errors import BlindspotError
from blindspot.paths import IMAGES
from tests.analysis.made_logs import PLANTED, drawn
from tests.diff.sides import analysis, run, side

GAPS = ("family == counting and answer >= 2", "family == relation")


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return analysis(drawn(PLANTED), tmp_path_factory.mktemp("log") / "model-1")


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return run(tmp_path_factory.mktemp("runs") / "old", GAPS)


def test_an_analysis_has_the_features_that_its_modes_contain(log: Path) -> None:
    read = read_folder(log, "model-1")
    assert (read.candidate, read.is_run, read.verifiers) == ("model-1", False, ())
    [mode] = [mode for mode in read.modes if mode.status == "confirmed"]
    held_out = read.rows[read.rows["held_out"]]
    inside = held_out[[mode.contains(features) for features in held_out["features"]]]
    assert (len(inside), int(inside["outcome"].eq("failure").sum())) == (mode.asked, mode.failures)


def test_a_run_has_its_valid_questions_once(finished: Path) -> None:
    read = read_folder(finished, "old")
    assert (read.candidate, read.is_run, read.verifiers) == ("planted", True, ("oracle/1",))
    assert read.rows["key"].is_unique and read.rows["held_out"].dtype == bool
    assert {*read.rows["outcome"]} == {"failure", "correct"} and read.modes


def test_the_rate_of_a_mode_that_the_other_side_discovered_is_measured(log: Path, tmp_path: Path) -> None:
    old, new = read_folder(log, "old"), read_folder(analysis(drawn(PLANTED, seed=1), tmp_path / "b"), "new")
    [mode] = [mode for mode in old.modes if mode.status == "confirmed"]
    rate = new.rate(mode)
    assert rate and 0.6 < rate.value < 0.8 and rate.low < rate.value < rate.high


def test_common_rows_have_equal_image_question_options_and_reference(tmp_path: Path) -> None:
    rows = drawn(PLANTED, rows=300, images=150)
    other = rows.assign(reference=rows["reference"].where(rows.index >= 10, "another"))[5:]
    old, new = read_folder(analysis(rows, tmp_path / "a"), "a"), read_folder(analysis(other, tmp_path / "b"), "b")
    pairs = pair(old, new)
    assert len(pairs.rows) == 290
    assert pairs.rows["old_failed"].equals(pairs.rows["new_failed"])


def test_equal_rows_are_paired_in_their_order(tmp_path: Path) -> None:
    rows = pd.DataFrame({"question": ["What is it?"] * 40, "reference": "cat", "answer": ["cat", "dog"] * 20})
    old = read_folder(analysis(rows.assign(wrong=[0, 1] * 20), tmp_path / "a"), "a")
    new = read_folder(analysis(rows[:30].assign(wrong=[0, 1] * 15), tmp_path / "b"), "b")
    pairs = pair(old, new).rows
    assert len(pairs) == 30 and pairs["old_failed"].equals(pairs["new_failed"])


def test_an_image_whose_content_changed_is_left_out(finished: Path, tmp_path: Path) -> None:
    other = run(tmp_path / "new", GAPS)
    old, new = read_folder(finished, "old"), read_folder(other, "new")
    assert len(pair(old, new).rows) == len(old.rows)
    changed = old.rows["image_id"].iloc[0]
    (other / IMAGES / "test" / f"{changed}.png").write_bytes(b"another picture")
    pairs = pair(old, new)
    assert len(pairs.rows) == (old.rows["image_id"] != changed).sum()
    assert pairs.notes == ("1 images have the same id and different content: their questions are left out",)


def test_other_images_are_named(finished: Path, tmp_path: Path) -> None:
    other = read_folder(run(tmp_path / "new", GAPS, seed=1), "new")
    pairs = pair(read_folder(finished, "old"), other)
    assert pairs.rows.empty and pairs.notes == ("the image sets differ: 0 images in both, 60 in OLD, 60 in NEW",)


def test_doubtful_grading_is_named() -> None:
    old, new = side([1, 0, 0, 0]), side([0, 0, 1, 0], disputed=[False, True, True, False])
    [note] = pair(old, new).notes
    assert note.startswith("on 1 of the 2 questions on which the sides differ")


@pytest.mark.parametrize("name", ["missing", "runs:/0123456789abcdef"])
def test_a_side_that_does_not_exist_is_named(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("BLINDSPOT_WORK", str(tmp_path / "work"))
    with pytest.raises(BlindspotError, match=name):
        read_side(name)


def test_of_an_analysis_of_several_models_one_must_be_named(tmp_path: Path) -> None:
    rows = pd.concat([drawn(PLANTED, rows=60).assign(model=name) for name in ("a", "b")])
    with pytest.raises(BlindspotError, match="holds the analyses of several models: name the folder of one: a, b"):
        read_side(str(analysis(rows, tmp_path / "both")))
