"""Invalid input of stages that run as processes gives one line with the problem and the fix. slow/ has more."""

import json
from pathlib import Path

import pandas as pd

from blindspot import store
from tests.project import SMALL_SPLITS, error_line, files, make_project, make_rollouts, run_stage


def test_every_invalid_parameter_is_named(tmp_path: Path) -> None:
    wrong = {"image_sise": 48, "image_size": "big", "splits": SMALL_SPLITS | {"test": 0}}
    project = make_project(tmp_path, prepare=wrong)
    with (project / "params.yaml").open("a") as file:
        file.write("verifer: {kind: oracle}\n")
    line = error_line(run_stage(project, "prepare"))
    assert "prepare.image_sise is unknown, did you mean prepare.image_size?" in line
    assert "prepare.image_size: 'big' is not of type 'integer'" in line
    assert "prepare.splits.test: 0 is less than the minimum of 1" in line
    assert "verifer is unknown, did you mean verifier?" in line
    assert [*files(project / "data")] == ["budget.json"]


def test_a_coco_file_without_images_gives_one_line(tmp_path: Path) -> None:
    images = [{"id": number, "file_name": f"{number}.jpg", "width": 9, "height": 9} for number in range(3)]
    (tmp_path / "coco.json").write_text(json.dumps({"images": images}))
    project = make_project(tmp_path, prepare={"source": "coco", "file": "coco.json", "folder": "."})
    line = error_line(run_stage(project, "prepare"))
    assert "coco.json names 0.jpg, which is missing (3 of its 3 images are not in .): set prepare.folder" in line
    assert [*files(project / "data")] == ["budget.json"]


def test_a_missing_image_is_named_and_the_previous_verdicts_are_kept(tmp_path: Path) -> None:
    project = make_project(tmp_path)
    make_rollouts(project)
    store.write_frame(project / "data/verdicts/verdicts.parquet", pd.DataFrame({"previous": [1]}))
    before = files(project / "data" / "verdicts")
    missing = next((project / "data/images/test").glob("*.png"))
    missing.unlink()
    line = error_line(run_stage(project, "verify"))
    assert f"{missing.relative_to(project)} is missing" in line and "dvc checkout data/images" in line
    assert files(project / "data" / "verdicts") == before


def test_missing_rollouts_are_named(tmp_path: Path) -> None:
    project = make_project(tmp_path)
    make_rollouts(project)
    (project / "data/rollouts/rollouts.parquet").unlink()
    assert "data/rollouts/rollouts.parquet cannot be read" in error_line(run_stage(project, "verify"))


def test_an_invalid_list_of_documented_weaknesses_names_file_entry_and_key(tmp_path: Path) -> None:
    project = make_project(tmp_path, taxonomy={"documented": "mine.yaml"})
    (project / "mine.yaml").write_text("- name: mine\n  kinds: [countng]\n  says: It miscounts.\n", "utf-8")
    line = error_line(run_stage(project, "taxonomy"))
    assert "taxonomy.documented: mine.yaml: entry 1 (mine): kinds.0" in line and "did you mean counting?" in line
    assert "source Field required" in line
    assert [*files(project / "data")] == ["budget.json"]
