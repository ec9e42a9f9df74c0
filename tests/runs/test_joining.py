"""Which stages belong to one pipeline run, and how it ends when its processes are gone."""

import os
import signal
import time
from pathlib import Path

import pytest

from blindspot.runs import joining
from blindspot.runs.process import Process, this_process
from blindspot.runs.record import FINISHED, KILLED, RUNNING, PipelineRun, all_runs, changing, find
from tests.runs.pipelines import dvc, place, run, stage, write_output


@pytest.fixture
def work(tmp_path: Path) -> Path:
    return tmp_path / ".work"


def only(work: Path) -> PipelineRun:
    [found] = all_runs(work)
    return found


def test_stages_of_one_dvc_process_that_start_together_join_one_run(tmp_path: Path, work: Path) -> None:
    names = ["prepare", "explore", "train", "harvest"]
    assert len({*run(tmp_path, *(stage(tmp_path, name, seconds=0.5) for name in names))}) == 1
    found = only(work)
    assert (found.kind, found.state, [*found.stages]) == ("dvc", RUNNING, names)
    assert joining.end_dead(work) == [found.id]
    assert only(work).state == FINISHED


def test_two_dvc_processes_are_two_runs(tmp_path: Path, work: Path) -> None:
    [first], [second] = (run(tmp_path, stage(tmp_path, name)) for name in ("prepare", "explore"))
    assert first != second
    assert [one.id for one in all_runs(work)] == [second, first]


def test_the_last_stage_ends_the_run_of_dvc(tmp_path: Path, work: Path) -> None:
    run(tmp_path, stage(tmp_path, "report"))
    assert only(work).state == FINISHED
    assert joining.end_dead(work) == []


def test_a_failed_stage_ends_the_run_as_failed(tmp_path: Path, work: Path) -> None:
    run(tmp_path, stage(tmp_path, "train", "FAILED"))
    assert only(work).state == "FAILED"


def test_a_stage_that_was_killed_ends_the_run_as_killed_at_the_time_of_its_start(tmp_path: Path, work: Path) -> None:
    run(tmp_path, stage(tmp_path, "train", "DIES"))
    joining.end_dead(work)
    found = only(work)
    assert (found.state, found.stages["train"].state) == (KILLED, KILLED)
    assert found.ended == found.stages["train"].started


def test_a_stage_that_outlives_its_dvc_keeps_the_run_open_and_ends_it(tmp_path: Path, work: Path) -> None:
    with dvc(tmp_path, stage(tmp_path, "train", seconds=3)) as process:
        assert process.stdout is not None
        run_id = process.stdout.readline().strip()
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
        assert joining.end_dead(work) == []
        process.stdout.read()  # until the stage ends
    until = time.monotonic() + 30
    while only(work).state == RUNNING and time.monotonic() < until:
        time.sleep(0.1)
    assert (only(work).id, only(work).state) == (run_id, FINISHED)


def test_a_stage_that_is_started_by_hand_is_a_run_that_ends_with_it(tmp_path: Path, work: Path) -> None:
    first = joining.join(place(tmp_path))
    joining.stage_started(work, first, "verify")
    assert joining.join(place(tmp_path)) == first
    joining.stage_ended(work, first, "verify", FINISHED)
    assert (only(work).kind, only(work).state) == ("stage", FINISHED)


def test_a_flow_gives_its_id_to_its_stages_and_ends_the_run_itself(
    tmp_path: Path, work: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    joining.open_flow(place(tmp_path), "abc", "discover", os.environ)
    monkeypatch.setenv(joining.VARIABLE, "abc")
    assert run(tmp_path, f"{joining.VARIABLE}=abc {stage(tmp_path, 'report').removeprefix('exec ')}") == ["abc"]
    assert (only(work).kind, only(work).state) == ("discover", RUNNING)
    joining.end(work, "abc", FINISHED)
    assert only(work).state == FINISHED


def test_a_flow_that_is_resumed_keeps_its_run(tmp_path: Path, work: Path) -> None:
    joining.open_flow(place(tmp_path), "abc", "discover", os.environ)
    with changing(work, "abc") as found:
        found.owner = Process(2**22 + 1, 1.0, this_process().host)
    started = only(work).started
    joining.end_dead(work)
    assert only(work).state == KILLED
    joining.open_flow(place(tmp_path), "abc", "discover", os.environ)
    found = only(work)
    assert (found.state, found.ended, found.started) == (RUNNING, 0, started)
    assert found.owner.is_same(this_process())


def test_an_id_cannot_name_a_file_elsewhere(tmp_path: Path, work: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(joining.VARIABLE, "../../night 1")
    assert joining.join(place(tmp_path)) == "______night_1"
    assert [path.name for path in (work / "pipeline_runs").glob("*.json")] == ["______night_1.json"]


def test_a_run_on_another_machine_ends_after_a_day_without_a_change(tmp_path: Path, work: Path) -> None:
    joining.open_flow(place(tmp_path), "abc", "discover", os.environ)
    with changing(work, "abc") as found:
        found.owner = Process(1, 1.0, "elsewhere")
    assert joining.end_dead(work) == []
    then = time.time() - joining.ELSEWHERE - 1
    os.utime(work / "pipeline_runs" / "abc.json", (then, then))
    assert joining.end_dead(work) == ["abc"]


def test_a_broken_record_is_no_run(tmp_path: Path, work: Path) -> None:
    joining.open_flow(place(tmp_path), "abc", "discover", os.environ)
    for number, text in enumerate(("", "{", "[]", "{}", '{"id": 1, "owner": {}, "stages": {}}')):
        (work / "pipeline_runs" / f"broken{number}.json").write_text(text, "utf-8")
    assert [one.id for one in all_runs(work)] == ["abc"]
    assert find(work, "broken0") is None


def test_a_skipped_stage_names_the_run_that_made_its_outputs(tmp_path: Path, work: Path) -> None:
    write_output(tmp_path, "train", "weights", "aaa")
    [maker] = run(tmp_path, stage(tmp_path, "train"))
    joining.open_flow(place(tmp_path), "abc", "discover", os.environ)
    joining.stage_skipped(work, "abc", "train", "restored")
    found = find(work, "abc")
    assert found is not None and found.stages["train"].made_by == maker
    assert found.stages["train"].result == "restored"


def test_outputs_that_another_run_made_since_are_not_taken_for_those_of_the_run(tmp_path: Path, work: Path) -> None:
    write_output(tmp_path, "train", "weights", "aaa")
    run(tmp_path, stage(tmp_path, "train"))
    write_output(tmp_path, "train", "other weights", "bbb")  # as `git checkout` and `dvc checkout` do
    joining.open_flow(place(tmp_path), "abc", "discover", os.environ)
    joining.stage_skipped(work, "abc", "train", "up to date")
    found = find(work, "abc")
    assert found is not None and found.stages["train"].made_by == ""


def test_under_dvc_stages_before_a_stage_that_runs_are_unchanged(tmp_path: Path, work: Path) -> None:
    write_output(tmp_path, "train", "weights", "aaa")
    [maker] = run(tmp_path, stage(tmp_path, "train"))
    [later] = run(tmp_path, stage(tmp_path, "harvest"))
    found = find(work, later)
    assert found is not None
    assert {name: (one.result, one.made_by) for name, one in found.stages.items()} == {
        "train": ("unchanged", maker), "harvest": ("ran", ""),
    }  # fmt: skip
