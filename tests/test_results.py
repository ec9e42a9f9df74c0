"""What `blindspot.open_run` gives of a finished run."""

import json
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

import blindspot
from blindspot.errors import BlindspotError
from blindspot.paths import ROLLOUTS, VERDICTS
from blindspot.store import write_frame, write_json
from stages.taxonomy import Params, taxonomy, write
from tests.taxonomy.rows import make_rows

OF_ROLLOUTS = ["rollout_id", "method", "image_id", "question", "answer", "questioner", "candidate", "error", "target"]
OF_VERDICTS = ["rollout_id", "outcome", "reason", "reference", "family", "verifier"]


@pytest.fixture(scope="module")
def rows() -> pd.DataFrame:
    made = make_rows(300)
    return made.assign(target=pd.Series([["counting"], *[[]] * (len(made) - 1)], dtype=object))


@pytest.fixture(scope="module")
def run(rows: pd.DataFrame, tmp_path_factory: pytest.TempPathFactory) -> blindspot.Run:
    folder = tmp_path_factory.mktemp("run")
    for path, columns in ((ROLLOUTS, OF_ROLLOUTS), (VERDICTS, OF_VERDICTS)):
        (folder / path).parent.mkdir(parents=True)
        write_frame(folder / path, rows[columns])
    write(taxonomy(rows, Params(resamples=2), seed=0), folder / "data/taxonomy")
    (folder / "metrics").mkdir()
    write_json(folder / "metrics/verify.json", {"trained": {"asked": 300, "failure_rate": 0.5}, "unscored": {}})
    return blindspot.open_run(folder)


def test_rollouts_and_verdicts_are_typed_records_in_one_order(run: blindspot.Run, rows: pd.DataFrame) -> None:
    assert len(run.rollouts) == len(run.verdicts) == len(rows)
    assert [one.rollout_id for one in run.rollouts] == [*rows["rollout_id"]]
    outcomes = dict(zip(rows["rollout_id"], rows["outcome"], strict=True))
    assert [outcomes[one.rollout_id] for one in run.rollouts] == [one.outcome for one in run.verdicts]
    assert {one.error for one in run.rollouts} == {None}
    assert [one.target for one in run.rollouts] == [("counting",), *[()] * (len(rows) - 1)]


def test_questions_have_a_row_for_each_rollout_with_its_features(run: blindspot.Run, rows: pd.DataFrame) -> None:
    assert list(run.questions["rollout_id"]) == list(rows["rollout_id"])
    valid = run.questions["outcome"].isin(["failure", "correct"])
    assert run.questions["features"].notna().equals(valid)


def test_the_questions_of_a_mode_are_those_that_its_rate_is_measured_on(run: blindspot.Run) -> None:
    [mode] = run.failure_modes
    assert {"judging positions", "recognising purple"} == {*mode.features}
    own = run.questions_of(mode)
    assert (len(own), int((own["outcome"] == "failure").sum())) == (mode.asked, mode.failures)


def test_a_question_of_a_quota_that_was_asked_twice_is_there_once(run: blindspot.Run, rows: pd.DataFrame) -> None:
    [mode] = run.failure_modes
    one = run.questions_of(mode).iloc[[0, 0, 1]]
    bare = blindspot.Run(run.folder)
    bare.__dict__["questions"] = one.assign(mode_id=mode.mode_id)
    assert bare.questions_of(mode)["rollout_id"].tolist() == one["rollout_id"].iloc[[0, 2]].tolist()


def test_skills_have_a_definition_and_a_group(run: blindspot.Run) -> None:
    assert len(run.skills) > 3
    assert all(one.name and one.title and one.definition and one.meta_skill for one in run.skills)


def test_rates_are_those_of_the_methods(run: blindspot.Run) -> None:
    assert run.rates == {"trained": {"asked": 300, "failure_rate": 0.5}}


def test_without_a_taxonomy_there_are_no_modes_and_no_skills(run: blindspot.Run, tmp_path: Path) -> None:
    for path in (ROLLOUTS, VERDICTS):
        (tmp_path / path).parent.mkdir(parents=True)
        (tmp_path / path).write_bytes((run.folder / path).read_bytes())
    bare = blindspot.open_run(str(tmp_path))
    assert bare.failure_modes == [] and bare.skills == []
    assert "features" not in bare.questions and len(bare.questions_of(run.failure_modes[0])) == 0


def test_a_folder_without_a_run_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BlindspotError, match="holds no finished run"):
        blindspot.open_run(tmp_path)


def test_importing_the_package_imports_nothing_else() -> None:
    script = "import json, sys, blindspot; print(json.dumps([name for name in sys.modules if 'blindspot' in name]))"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert [name for name in json.loads(done.stdout) if not name.startswith("__editable__")] == ["blindspot"]
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        blindspot.nothing  # noqa: B018
