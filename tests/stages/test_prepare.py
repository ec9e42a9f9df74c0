"""The stage prepare on folders and lists of real users."""

import json
import os
from pathlib import Path

from PIL import Image

from tests.images.photographs import save_unlike
from tests.project import error_line, make_project, run_stage


def test_odd_pictures_and_rows_do_not_end_the_stage_and_are_named(tmp_path: Path) -> None:
    photos = save_unlike(tmp_path / "photos", 14)
    Image.new("RGB", (30, 20_000)).save(photos / "thin.png")
    os.mkfifo(photos / "pipe.png")
    (photos / "raw.nef").write_bytes(b"raw")
    (photos / "film.mp4").write_bytes(b"film")
    os.rename(photos / "photo 0.png", os.fsencode(photos) + b"/caf\xe9.png")
    rows = [{"file_name": "photo 1.png", "image_id": "val/1"}, {"file_name": "photo 2.png", "image_id": "two"}]
    lines = [*map(json.dumps, rows), '{"file_name": "gone.png"}']
    (photos / "metadata.jsonl").write_text("\n".join(lines), encoding="utf-8-sig")
    project = make_project(
        tmp_path / "project", prepare={"source": "folder", "folder": str(photos), "max_skipped": 0.3}
    )
    result = run_stage(project, "prepare")
    assert result.returncode == 0, result.stderr
    assert "4 skipped (all in MLflow, skipped.json): " in result.stdout
    for name in ("pipe.png is not a regular file", "thin.png is too thin (30 × 20,000 pixels"):
        assert name in result.stdout
    assert "image ids changed: 1" in result.stdout and "for example val/1 to val-1-" in result.stdout
    assert "other files ignored: 1 (1 .mp4)" in result.stdout
    assert len([*(project / "data/images").rglob("*.png")]) == 14


def test_a_folder_of_raw_pictures_only_is_refused_in_one_line(tmp_path: Path) -> None:
    photos = save_unlike(tmp_path / "photos", 3)
    for number in range(97):
        (photos / f"{number}.cr3").write_bytes(b"raw")
    project = make_project(tmp_path / "project", prepare={"source": "folder", "folder": str(photos)})
    line = error_line(run_stage(project, "prepare"), among_others=True)
    assert ".cr3 is in a format that is not read (.cr3)" in line and "raise prepare.max_skipped" in line
