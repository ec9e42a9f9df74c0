"""Tests the files of a failure set as `datasets`, lmms-eval and VLMEvalKit read them."""

import ast
import base64
import importlib.util
import io
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import yaml
from PIL import Image

from blindspot.failure_set.lmms_eval import TASK
from blindspot.failure_set.select import FailureSet
from blindspot.failure_set.table import FIELDS
from blindspot.failure_set.vlmevalkit import COLUMNS, MISSING, NAME, NO_MODE
from blindspot.failure_set.write import write_failure_set
from blindspot.records.asker import How, askers
from tests.failure_set.harvest import NOT_AUDITED, make_set, row, rows


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> FailureSet:
    return make_set(tmp_path_factory.mktemp("images"))


@pytest.fixture(scope="module")
def folder(found: FailureSet, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return written(found, tmp_path_factory.mktemp("reports"))


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    right = rows().assign(outcome="correct")
    return written(make_set(tmp_path_factory.mktemp("images"), right), tmp_path_factory.mktemp("empty"))


def written(found: FailureSet, parent: Path) -> Path:
    write_failure_set(found, NOT_AUDITED, parent / "failures", askers(How.TRAINED))
    return parent / "failures"


@pytest.fixture(autouse=True)
def _cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("datasets.config.HF_DATASETS_CACHE", tmp_path / "cache")
    monkeypatch.setattr("datasets.config.HF_HUB_OFFLINE", True)


def same_pixels(picture: Image.Image, file: Path) -> bool:
    with Image.open(file) as original:
        return np.array_equal(np.asarray(picture.convert("RGB")), np.asarray(original.convert("RGB")))


def test_datasets_loads_what_was_written(folder: Path, found: FailureSet) -> None:
    from datasets import load_dataset

    loaded = load_dataset(str(folder))
    assert list(loaded) == ["test"] and list(loaded["test"].column_names) == [*FIELDS]
    for read, failure in zip(loaded["test"], found.failures, strict=True):
        assert same_pixels(read.pop("image"), failure.picture)
        assert read == {name: getattr(failure, name) for name in read} | {"failure_modes": [*failure.failure_modes]}


def test_datasets_streams_a_set_without_failures(empty: Path) -> None:
    from datasets import Image, load_dataset

    loaded = load_dataset(str(empty), split="test", streaming=True)
    assert list(loaded) == [] and list(loaded.column_names) == [*FIELDS]
    assert isinstance(loaded.features["image"], Image)
    with pytest.raises(ValueError, match="no data"):  # the card says so
        load_dataset(str(empty), split="test")


class Task(dict[str, Any]):
    """The lmms-eval task in a folder: a YAML file in which `!function` names a function of a file in the folder."""

    def __init__(self, folder: Path) -> None:
        class Loader(yaml.SafeLoader):
            pass

        def function(loader: yaml.SafeLoader, node: yaml.ScalarNode) -> Any:
            module, _, name = str(node.value).rpartition(".")
            spec = importlib.util.spec_from_file_location(module, folder / f"{module}.py")
            assert spec and spec.loader
            loaded = importlib.util.module_from_spec(spec)
            spec.loader.exec_module(loaded)
            return getattr(loaded, name)

        Loader.add_constructor("!function", function)
        (path,) = folder.glob("*.yaml")
        super().__init__(yaml.load(path.read_text("utf-8"), Loader))


def documents(folder: Path, task: Task) -> Iterator[dict[str, Any]]:
    """Yields the rows that the task's functions get, from the file that the task names."""
    from datasets import load_dataset

    files = {name: str(folder / file) for name, file in task["dataset_kwargs"]["data_files"].items()}
    yield from load_dataset(task["dataset_path"], data_files=files)[task["test_split"]]


def test_the_lmms_eval_task_runs_on_every_row(
    folder: Path, found: FailureSet, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "dont_write_bytecode", True)  # of utils.py, as other tests list the folder
    task = Task(folder / "lmms_eval")
    around = task["lmms_eval_specific_kwargs"]["default"]
    assert task["task"] == TASK and [metric["metric"] for metric in task["metric_list"]] == ["exact_match"]
    for doc, failure in zip(documents(folder / "lmms_eval", task), found.failures, strict=True):
        (picture,) = task["doc_to_visual"](doc)
        assert same_pixels(picture, failure.picture)
        assert task["doc_to_text"](doc, around) == failure.question + around["post_prompt"]
        assert task["doc_to_text"](doc) == failure.question
        assert task["doc_to_target"](doc) == failure.reference
        assert task["process_results"](doc, [failure.reference.upper()]) == {"exact_match": 1.0}
        assert task["process_results"](doc, [failure.candidate_answer]) == {"exact_match": 0.0}


def test_the_functions_do_not_import_blindspot(folder: Path) -> None:
    tree = ast.parse((folder / "lmms_eval" / "utils.py").read_text("utf-8"))
    modules = [node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
    modules += [name.name for node in ast.walk(tree) if isinstance(node, ast.Import) for name in node.names]
    assert sorted(str(module) for module in modules) == ["collections.abc", "typing", "unicodedata"]


def test_the_tsv_is_read_as_in_vlmevalkit(folder: Path, found: FailureSet) -> None:
    (path,) = (folder / "vlmevalkit").iterdir()
    table = pd.read_csv(path, sep="\t")
    assert path.stem == NAME and "openended" in NAME.lower()
    assert list(table.columns) == [*COLUMNS] and table["index"].tolist() == [*range(len(found.failures))]
    for line, failure in zip(table.to_dict("records"), found.failures, strict=True):
        assert same_pixels(Image.open(io.BytesIO(base64.b64decode(line["image"]))), failure.picture)
        assert line["rollout_id"] == failure.rollout_id
        assert ast.literal_eval(line["answer"]) == [failure.reference]
        assert json.loads(line["failure_modes"]) == [*failure.failure_modes]
        assert line["category"] == (failure.failure_modes[0] if failure.failure_modes else NO_MODE)


def test_the_tsv_keeps_questions(folder: Path, found: FailureSet) -> None:
    table = pd.read_csv(folder / "vlmevalkit" / f"{NAME}.tsv", sep="\t")
    for read, failure in zip(table["question"], found.failures, strict=True):
        assert read == failure.question + (" " if failure.question == "NA" else "")


@pytest.mark.parametrize("text", sorted(MISSING))
def test_no_text_becomes_a_missing_value_in_the_tsv(text: str, tmp_path: Path) -> None:
    found = make_set(
        tmp_path, pd.DataFrame([row("base-0", ".", text, text, "3"), row("base-1", ".", "how ?", "1", "3")])
    )
    path = written(found, tmp_path) / "vlmevalkit" / f"{NAME}.tsv"
    table = pd.read_csv(path, sep="\t")
    assert not table.isna().any(axis=None) and table["question"][0].strip() == text
    assert ast.literal_eval(table["answer"][0]) == [text]


def test_a_tsv_without_failures_has_its_columns(empty: Path) -> None:
    table = pd.read_csv(empty / "vlmevalkit" / f"{NAME}.tsv", sep="\t")
    assert table.empty and list(table.columns) == [*COLUMNS]


def test_no_text_becomes_a_file_name(folder: Path) -> None:
    files = sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())
    task = ["lmms_eval/blindspot_failures.yaml", "lmms_eval/utils.py"]
    assert files == ["README.md", "data/test.parquet", *task, f"vlmevalkit/{NAME}.tsv"]


def test_the_same_failures_give_the_same_bytes(folder: Path, found: FailureSet, tmp_path: Path) -> None:
    again = written(found, tmp_path)
    files = [path for path in folder.rglob("*") if path.is_file()]
    assert len(files) == 5
    for path in files:
        assert (again / path.relative_to(folder)).read_bytes() == path.read_bytes()
