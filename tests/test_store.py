"""Files are written completely or not at all."""

import errno
import json
import stat
from pathlib import Path

import pandas as pd
import pytest

from blindspot import store
from blindspot.errors import BlindspotError
from blindspot.records.image import SPLITS


class Broken(Exception):
    pass


def files(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_a_new_folder_replaces_the_previous_one(tmp_path: Path) -> None:
    for text in ("one", "two"):
        with store.replacing(tmp_path / "out") as new:
            (new / f"{text}.txt").write_text(text)
    assert files(tmp_path) == {"out/two.txt": b"two"}


def test_a_failure_keeps_the_previous_folder_and_leaves_nothing_else(tmp_path: Path) -> None:
    with store.replacing(tmp_path / "out") as new:
        (new / "one.txt").write_text("one")
    with pytest.raises(Broken), store.replacing(tmp_path / "out") as new:
        (new / "two.txt").write_text("two")
        raise Broken
    assert files(tmp_path) == {"out/one.txt": b"one"}


def test_leftovers_of_an_interrupted_run_are_removed(tmp_path: Path) -> None:
    (tmp_path / ".out.new").mkdir()
    (tmp_path / ".out.new" / "half.txt").write_text("half")
    (tmp_path / ".out.old").mkdir()
    (tmp_path / "out").mkdir()
    with store.replacing(tmp_path / "out") as new:
        (new / "whole.txt").write_text("whole")
    assert files(tmp_path) == {"out/whole.txt": b"whole"}
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_json_and_frames_are_read_as_they_were_written(tmp_path: Path) -> None:
    value = {"b": [1, None, "é"], "a": 0.1}
    frame = pd.DataFrame({"text": ["a", None], "number": [1, 2]})
    store.write_json(tmp_path / "new" / "value.json", value)
    store.write_frame(tmp_path / "new" / "frame.parquet", frame)
    assert store.read_json(tmp_path / "new" / "value.json") == value
    pd.testing.assert_frame_equal(store.read_frame(tmp_path / "new" / "frame.parquet"), frame)
    assert (tmp_path / "new" / "value.json").read_text().index('"a"') < 8


def test_equal_frames_give_equal_bytes(tmp_path: Path) -> None:
    for name in ("one", "two"):
        store.write_frame(tmp_path / name, pd.DataFrame({"text": ["a", None], "number": [1, 2]}))
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()


def test_a_full_disk_keeps_the_previous_file_and_is_reported_with_its_name(tmp_path: Path) -> None:
    path = tmp_path / "value.json"
    store.write_json(path, 1)
    (tmp_path / ".value.json.new").symlink_to("/dev/full")  # the path where the new file is written
    with pytest.raises(OSError) as caught:
        store.write_json(path, 2)
    assert (caught.value.errno, caught.value.filename) == (errno.ENOSPC, str(path))
    assert files(tmp_path) == {"value.json": b"1\n"}


@pytest.mark.parametrize("read", [store.read_json, store.read_frame])
@pytest.mark.parametrize("content", [None, b"", b"{ half"])
def test_a_missing_or_broken_file_is_named_with_its_fix(read: object, content: bytes | None, tmp_path: Path) -> None:
    path = tmp_path / "file"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(BlindspotError, match=rf"{path}.*dvc checkout"):
        read(path)  # type: ignore[operator]


def write_split(root: Path, split: str, rows: list[dict[str, str | None]]) -> None:
    (root / split).mkdir(parents=True)
    (root / split / store.METADATA).write_text("".join(json.dumps(row) + "\n" for row in rows))
    for row in rows:
        (root / split / str(row["file_name"])).touch()


def test_images_of_a_split_have_the_order_of_the_metadata(tmp_path: Path) -> None:
    names = ("b", "a")
    write_split(tmp_path, "test", [{"file_name": f"{name}.png", "image_id": name, "scene": None} for name in names])
    images = store.read_images("test", tmp_path)
    assert [(image.image_id, image.path.name, image.split, image.scene) for image in images] == [
        (name, f"{name}.png", "test", None) for name in names
    ]


def test_a_missing_image_is_named(tmp_path: Path) -> None:
    write_split(tmp_path, "test", [{"file_name": "a.png", "image_id": "a", "scene": None}])
    (tmp_path / "test" / "a.png").unlink()
    with pytest.raises(BlindspotError, match=r"a\.png is missing.*dvc checkout"):
        store.read_images("test", tmp_path)


def test_an_empty_missing_or_unknown_split_is_named(tmp_path: Path) -> None:
    write_split(tmp_path, "train", [])
    with pytest.raises(BlindspotError, match=r"train split is empty: raise prepare\.splits\.train, or"):
        store.read_images("train", tmp_path)
    with pytest.raises(BlindspotError, match=r"validation/metadata\.jsonl cannot be read"):
        store.read_images("validation", tmp_path)
    with pytest.raises(BlindspotError, match=rf"no split 'holdout'.*{SPLITS[0]}"):
        store.read_images("holdout", tmp_path)


def test_a_digest_depends_on_contents_and_names_only(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "x.py").write_text("1")
    before = store.digest(tmp_path / "a")
    (tmp_path / "a" / "__pycache__").mkdir()
    (tmp_path / "a" / "__pycache__" / "x.pyc").write_text("2")
    assert store.digest(tmp_path / "a") == before
    (tmp_path / "a" / "x.py").rename(tmp_path / "a" / "y.py")
    renamed = store.digest(tmp_path / "a")
    (tmp_path / "a" / "y.py").write_text("2")
    assert len({before, renamed, store.digest(tmp_path / "a")}) == 3
    with pytest.raises(BlindspotError, match="nowhere is missing"):
        store.digest(tmp_path / "nowhere")


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@pytest.mark.parametrize("before", [None, 0o755, 0o700])
def test_only_its_owner_can_read_the_work_folder(
    before: int | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("BLINDSPOT_WORK", raising=False)
    if before is not None:
        (tmp_path / ".work").mkdir(before)
    assert store.work_folder() == tmp_path / ".work"
    assert mode(tmp_path / ".work") == 0o700


def test_a_work_folder_that_the_user_named_is_private_if_new_and_keeps_its_mode_if_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    named = tmp_path / "shared" / "work"
    monkeypatch.setenv("BLINDSPOT_WORK", str(named))
    assert store.work_folder() == named
    assert mode(named) == 0o700
    named.chmod(0o770)
    assert store.work_folder() == named
    assert mode(named) == 0o770


def test_a_table_without_rows_or_columns_is_named(tmp_path: Path) -> None:
    file = tmp_path / "table.parquet"
    pd.DataFrame({"a": [1], "b": [2]}).to_parquet(file)
    assert store.read_frame(file, ("a", "b")).to_dict("list") == {"a": [1], "b": [2]}
    with pytest.raises(BlindspotError, match=r"table\.parquet lacks the columns c, d: run `dvc checkout"):
        store.read_frame(file, ("a", "c", "d"))
    pd.DataFrame({"a": []}).to_parquet(file)
    assert store.read_frame(file).empty
    with pytest.raises(BlindspotError, match=r"table\.parquet lacks rows"):
        store.read_frame(file, ("a",))


def test_a_line_separator_in_a_text_does_not_end_a_row(tmp_path: Path) -> None:
    (tmp_path / "test").mkdir()
    (tmp_path / "test" / "a.png").touch()
    row = json.dumps({"image_id": "a\u2028b", "file_name": "a.png"}, ensure_ascii=False)
    (tmp_path / "test" / store.METADATA).write_text(row + "\n", "utf-8")
    assert [image.image_id for image in store.read_images("test", tmp_path)] == ["a\u2028b"]


def test_a_work_folder_that_is_a_file_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "work").touch()
    monkeypatch.setenv("BLINDSPOT_WORK", str(tmp_path / "work"))
    with pytest.raises(BlindspotError, match=r"work cannot be created .*: set BLINDSPOT_WORK to another folder"):
        store.work_folder()
