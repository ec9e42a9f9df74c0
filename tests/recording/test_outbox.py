"""Records that wait on disk."""

from pathlib import Path

from blindspot.recording import outbox

RUN = {"uri": "http://127.0.0.1:1", "name": "verify"}
METRICS = {"kind": "metrics", "values": {"x": 1.0}}


def test_files_are_copied_so_that_later_changes_do_not_reach_the_record(tmp_path: Path) -> None:
    box, file, folder = outbox.create(tmp_path, RUN), tmp_path / "a b.txt", tmp_path / "pages"
    file.write_text("before", "utf-8")
    folder.mkdir()
    (folder / "index.html").write_text("page", "utf-8")
    box.keep({"kind": "artifact", "file": str(file), "folder": None})
    box.keep({"kind": "artifact", "file": str(folder), "folder": None})
    file.write_text("after", "utf-8")
    first, second = (Path(operation["file"]) for operation in box.operations())
    assert (first.name, first.read_text("utf-8")) == ("a b.txt", "before")
    assert (second / "index.html").read_text("utf-8") == "page"


def test_large_files_share_their_bytes(tmp_path: Path) -> None:
    box, file = outbox.create(tmp_path, RUN), tmp_path / "weights"
    file.write_bytes(b"0" * (outbox.LINK_ABOVE + 1))
    box.keep({"kind": "model", "files": [str(file)]})
    [kept] = box.operations()[0]["files"]
    assert Path(kept).stat().st_ino == file.stat().st_ino


def test_a_line_that_a_kill_cut_off_is_skipped_and_later_ones_are_kept(tmp_path: Path) -> None:
    box = outbox.create(tmp_path, RUN)
    box.keep(METRICS)
    with (box.folder / "journal.jsonl").open("a", encoding="utf-8") as file:
        file.write('{"kind": "met')
    box.keep(METRICS | {"step": 2})
    assert box.operations() == [METRICS, METRICS | {"step": 2}]


def test_only_the_outbox_of_a_process_that_ended_is_abandoned(tmp_path: Path) -> None:
    ours, ended = outbox.create(tmp_path, RUN), outbox.create(tmp_path, RUN)
    ended.release()
    assert [box.folder for box in outbox.abandoned(tmp_path)] == [ended.folder]
    ended.delete()
    assert not outbox.has_abandoned(tmp_path)
    assert ours.folder.is_dir()


def test_an_outbox_of_a_process_that_was_killed_before_it_began_is_deleted(tmp_path: Path) -> None:
    box = outbox.create(tmp_path, RUN)
    (box.folder / "run.json").unlink()
    box.release()
    assert [*outbox.abandoned(tmp_path)] == []
    assert not box.folder.exists()
