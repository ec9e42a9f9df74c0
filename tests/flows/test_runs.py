import json
import os
from pathlib import Path

import pytest

from blindspot.runs import joining, kept
from blindspot.runs.process import Process, this_process
from blindspot.runs.record import FINISHED, RUNNING, changing
from flows.runs import listed, size_text, table
from tests.runs.pipelines import place


def make_run(folder: Path, run_id: str, started: int, candidate: str = "mine") -> None:
    """Records a run that has finished, with a report."""
    work = folder / ".work"
    joining.open_flow(place(folder), run_id, "discover", os.environ)
    joining.stage_started(work, run_id, "report")
    joining.stage_ended(work, run_id, "report", FINISHED)
    with changing(work, run_id) as run:
        run.started, run.candidate, run.figures = started, candidate, {"error_rate": 0.25, "calls": 1234.0}
    joining.end(work, run_id, FINISHED)
    kept.keep(work, run_id)


def test_runs_are_listed_newest_first_with_those_of_clones(tmp_path: Path) -> None:
    work, clone = tmp_path / ".work", tmp_path / ".work" / "runs" / "clone"
    clone.mkdir(parents=True)
    make_run(tmp_path, "one", 1_000_000_000_000)
    make_run(tmp_path, "three", 3_000_000_000_000)
    make_run(clone, "two", 2_000_000_000_000, "theirs")
    found = listed(work)
    assert [one["id"] for one in found] == ["three", "two", "one"]
    assert [one["folder"] for one in found] == [str(tmp_path), str(clone), str(tmp_path)]
    head, *lines = table(found)
    assert head.split()[:4] == ["run", "date", "candidate", "state"]
    assert " theirs " in lines[1] and "FINISHED" in lines[1] and "0.250" in lines[1] and "1,234" in lines[1]
    assert json.loads(json.dumps(found)) == found


def test_a_clone_and_a_kept_report_count_towards_the_size(tmp_path: Path) -> None:
    work, clone = tmp_path / ".work", tmp_path / ".work" / "runs" / "two"
    clone.mkdir(parents=True)
    (clone / "data").write_bytes(b"0" * 100_000)
    make_run(tmp_path, "one", 1_000_000_000_000)
    with changing(work, "one") as run:
        run.folder = str(clone)
    [found] = listed(work)
    kept_size = (Path(found["kept"]) / "run.json").stat().st_size
    assert found["bytes"] == 100_000 + kept_size


def test_a_folder_that_a_kill_left_half_written_is_not_listed(tmp_path: Path) -> None:
    work = tmp_path / ".work"
    make_run(tmp_path, "one", 1_000_000_000_000)
    [folder] = (work / "reports").iterdir()
    folder.rename(folder.with_name(f".{folder.name}.new"))
    [found] = listed(work)
    assert found["kept"] is None and found["bytes"] == 0


def test_a_run_whose_process_is_gone_is_not_shown_as_running(tmp_path: Path) -> None:
    work = tmp_path / ".work"
    joining.open_flow(place(tmp_path), "one", "discover", os.environ)
    assert [one["state"] for one in listed(work)] == [RUNNING]
    with changing(work, "one") as run:
        run.owner = Process(2**22 + 1, 1.0, this_process().host)
    assert [one["state"] for one in listed(work)] == ["KILLED"]


@pytest.mark.parametrize(
    ("size", "text"), [(0, "0 B"), (999, "999 B"), (1_930_000, "1.93 MB"), (20e9, "20 GB"), (5e12, "5,000 GB")]
)
def test_sizes_have_a_unit(size: float, text: str) -> None:
    assert size_text(size) == text
