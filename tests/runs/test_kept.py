import json
import os
from pathlib import Path

import pytest

from blindspot.runs import joining, kept
from blindspot.runs.record import FINISHED, find
from tests.runs.pipelines import place


@pytest.fixture
def work(tmp_path: Path) -> Path:
    """The work folder of a run whose stage report has ended."""
    joining.open_flow(place(tmp_path), "abcdefghijkl", "discover", os.environ)
    joining.stage_started(tmp_path / ".work", "abcdefghijkl", "report")
    joining.stage_ended(tmp_path / ".work", "abcdefghijkl", "report", FINISHED)
    return tmp_path / ".work"


def test_the_facts_and_the_report_are_kept_when_a_later_run_replaces_the_report(tmp_path: Path, work: Path) -> None:
    (tmp_path / "reports").mkdir()
    report = tmp_path / "reports" / "report.html"
    report.write_text("ours", "utf-8")
    folder = kept.keep(work, "abcdefghijkl")
    assert folder is not None and folder.name.endswith("-unknown_candidate-abcdefgh")
    report.write_text("of a later run", "utf-8")
    joining.end(work, "abcdefghijkl", FINISHED)
    assert kept.keep(work, "abcdefghijkl") == folder
    assert (folder / "report.html").read_text("utf-8") == "ours"
    known = json.loads((folder / "run.json").read_text("utf-8"))
    assert (known["state"], known["id"]) == (FINISHED, "abcdefghijkl") and known["seconds"] >= 0
    run = find(work, "abcdefghijkl")
    assert run is not None and kept.files_of(work, run) == [folder / "run.json", folder / "report.html"]


def test_the_header_states_the_price_if_it_is_known(work: Path) -> None:
    run = find(work, "abcdefghijkl")
    assert run is not None
    run.figures = {"calls": 1200.0}
    assert kept.header(run)["Candidate calls"] == "1,200" and "Price" not in kept.header(run)
    run.figures |= {"usd": 12.345}
    assert kept.header(run)["Price"] == "12.35 USD"


def test_without_a_one_file_report_the_facts_link_to_the_pages(tmp_path: Path, work: Path) -> None:
    (tmp_path / "reports").mkdir()
    (tmp_path / "reports" / "index.html").touch()
    folder = kept.keep(work, "abcdefghijkl")
    assert folder is not None and [path.name for path in folder.iterdir()] == ["run.json"]
    known = json.loads((folder / "run.json").read_text("utf-8"))
    assert known["report"] == (tmp_path / "reports" / "index.html").as_uri()


@pytest.mark.parametrize("result", ["up to date", "unchanged"])
def test_a_run_that_left_the_report_as_it_was_keeps_none(result: str, tmp_path: Path) -> None:
    work = tmp_path / ".work"
    joining.open_flow(place(tmp_path), "abc", "discover", os.environ)
    joining.stage_skipped(work, "abc", "report", result)
    assert kept.keep(work, "abc") is None
    assert not (work / "reports").exists()


def test_a_copy_that_fails_leaves_no_folder(tmp_path: Path, work: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "reports").mkdir()
    (tmp_path / "reports" / "report.html").write_text("x", "utf-8")

    def full_disk(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(kept, "copy_report", full_disk)
    with pytest.raises(OSError, match="No space left"):
        kept.keep(work, "abcdefghijkl")
    assert [*(work / "reports").iterdir()] == []
    run = find(work, "abcdefghijkl")
    assert run is not None and kept.files_of(work, run) == []
