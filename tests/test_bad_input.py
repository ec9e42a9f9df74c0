"""Bad input, with real stages run as processes: one line that names the thing and the mend. More in slow/."""

import json
from pathlib import Path

import pandas as pd

from blindspot import store
from blindspot.records.rollout import Rollout
from stages.prepare import Params, Splits, choose_source, prepare
from tests.project import error_line, files, make_project, run_stage

SMALL = {"train": 3, "validation": 2, "test": 2}


def make_rollouts(project: Path, question: str = "how many things are there ?", answer: str = "7") -> None:
    """Images and rollouts, as prepare and harvest hand them over."""
    rows, _ = prepare(*choose_source(Params(splits=Splits(**SMALL)), 0), project / "data" / "images")
    image = rows[rows["split"] == "test"]["image_id"].iloc[0]
    rollouts = [
        Rollout(f"{method}-0", method, image, question, answer, "q/1", "c/1") for method in ("trained", "base")
    ]
    store.write_frame(project / "data/rollouts/rollouts.parquet", store.to_frame(rollouts))


def test_every_wrong_parameter_is_named(tmp_path: Path) -> None:
    wrong = {"image_sise": 48, "image_size": "big", "splits": SMALL | {"test": 0}}
    project = make_project(tmp_path, prepare=wrong)
    with (project / "params.yaml").open("a") as file:
        file.write("verifer: {kind: oracle}\n")
    said = error_line(run_stage(project, "prepare"))
    assert "prepare.image_sise is unknown, did you mean prepare.image_size?" in said
    assert "prepare.image_size: 'big' is not of type 'integer'" in said
    assert "prepare.splits.test: 0 is less than the minimum of 1" in said
    assert "verifer is unknown, did you mean verifier?" in said
    assert not (project / "data").exists()


def test_a_coco_file_without_its_images_is_one_line(tmp_path: Path) -> None:
    images = [{"id": number, "file_name": f"{number}.jpg", "width": 9, "height": 9} for number in range(3)]
    (tmp_path / "coco.json").write_text(json.dumps({"images": images}))
    project = make_project(tmp_path, prepare={"source": "coco", "file": "coco.json", "folder": "."})
    said = error_line(run_stage(project, "prepare"))
    assert "coco.json names 0.jpg, which is missing (3 of its 3 images are not in .): set prepare.folder" in said
    assert not (project / "data").exists() or not files(project / "data")


def test_a_missing_image_is_named_and_the_former_verdicts_stay(tmp_path: Path) -> None:
    project = make_project(tmp_path)
    make_rollouts(project)
    store.write_frame(project / "data/verdicts/verdicts.parquet", pd.DataFrame({"former": [1]}))
    before = files(project / "data" / "verdicts")
    missing = next((project / "data/images/test").glob("*.png"))
    missing.unlink()
    said = error_line(run_stage(project, "verify"))
    assert f"{missing.relative_to(project)} is missing" in said and "dvc checkout data/images" in said
    assert "(the former output: `dvc checkout data/verdicts" in said
    assert files(project / "data" / "verdicts") == before


def test_rollouts_that_were_never_made_are_named(tmp_path: Path) -> None:
    project = make_project(tmp_path)
    make_rollouts(project)
    (project / "data/rollouts/rollouts.parquet").unlink()
    assert "data/rollouts/rollouts.parquet cannot be read" in error_line(run_stage(project, "verify"))


def test_a_bad_list_of_known_weaknesses_is_one_line_that_names_file_entry_and_key(tmp_path: Path) -> None:
    project = make_project(tmp_path, taxonomy={"documented": "mine.yaml"})
    (project / "mine.yaml").write_text("- name: mine\n  kinds: [countng]\n  says: It miscounts.\n", "utf-8")
    said = error_line(run_stage(project, "taxonomy"))
    assert "taxonomy.documented: mine.yaml: entry 1 (mine): kinds.0" in said and "did you mean counting?" in said
    assert "source Field required" in said
    assert not (project / "data").exists()
