"""The skills in the taxonomy of real questions about scenes, and the files of the stage."""

from pathlib import Path

import pandas as pd
import pytest

from blindspot import store
from blindspot.checks.run import check
from blindspot.checks.taxonomy import PRIMITIVE
from blindspot.errors import BlindspotError
from blindspot.records.failure_mode import read_failure_modes
from blindspot.taxonomy.discovery import Discovered, Found
from stages.taxonomy import Params, metrics, taxonomy, write
from tests.stages.defaults import KNOWN, PARAMS


def test_it_has_fewer_meta_skills_than_skills(found: Found) -> None:
    sorted_ = found.taxonomy
    assert 2 <= len(sorted_.meta_skills) < len(sorted_.skills)
    assert found.note is None


def test_every_skill_is_in_one_meta_skill(found: Found) -> None:
    grouped = [name for meta_skill in found.taxonomy.meta_skills for name in meta_skill.skills]
    assert sorted(grouped) == sorted({skill.name for skill in found.taxonomy.skills})


def test_every_primitive_is_in_one_skill_and_every_question_has_some(found: Found) -> None:
    placed = [primitive.text for skill in found.taxonomy.skills for primitive in skill.primitives]
    asked = {text for texts in found.questions["primitives"] for text in texts if not text.startswith("recognising ")}
    assert sorted(placed) == sorted(asked)
    assert found.questions["skills"].map(len).min() >= 1


def test_a_question_has_abilities_besides_its_skills(found: Found) -> None:
    row = found.questions[found.questions["question"].str.startswith("how many")].iloc[0]
    assert row["abilities"][0] == "counting"
    assert not any(ability.startswith("recognising ") for row in found.questions["abilities"] for ability in row)


def test_questions_that_the_rules_cannot_read_are_reported(rows: pd.DataFrame) -> None:
    chinese = rows.assign(question=[f"图中的第{place % 40}个物体是什么？" for place in range(len(rows))])
    said = "100\u00a0% of the questions have no English word, and only English is read."
    for some in (chinese, chinese.head(30)):  # with and without skills
        note = taxonomy(some, Params(resamples=2), seed=0).note or ""
        assert said in note and "Set taxonomy.primitive_extractor to an LLM" in note


def test_no_valid_question_is_no_error(rows: pd.DataFrame, tmp_path: Path) -> None:
    for none in (rows.head(0), rows.assign(outcome="invalid"), pd.DataFrame()):
        found = taxonomy(none, Params(resamples=2), seed=0)
        check(found.questions[[*PRIMITIVE.columns]], PRIMITIVE, tmp_path / "docs")
        write(found, tmp_path / "taxonomy")
        assert metrics(found)["skills"] == 0 and "There are no skills: the 0 valid questions" in str(found.note)


def test_invalid_questions_are_left_out(found: Found, rows: pd.DataFrame) -> None:
    assert len(found.questions) == rows["outcome"].isin(["failure", "correct"]).sum() < len(rows)


def test_skills_are_written_with_title_and_definition(found: Found, tmp_path: Path) -> None:
    write(found, tmp_path / "taxonomy")
    skills = {one["name"]: one for one in store.read_json(tmp_path / "taxonomy" / "skills.json")}
    assert skills["counting"]["title"] == "Counting objects"
    assert skills["counting"]["definition"] == "The question asks how many objects there are."
    groups = {one["name"]: one["title"] for one in store.read_json(tmp_path / "taxonomy" / "meta_skills.json")}
    assert groups["judging positions"] == "Judging relative positions"
    assert read_failure_modes(tmp_path / "taxonomy" / "failure_modes.json") == found.modes


def test_scene_and_family_are_never_read(rows: pd.DataFrame, found: Found, discovered: list[Discovered]) -> None:
    blind = taxonomy(rows.drop(columns=["family"]), PARAMS, seed=0, documented=KNOWN, discovered=discovered)
    assert blind.modes == found.modes
    assert blind.taxonomy == found.taxonomy


def test_stability_and_recurrence_are_measured(found: Found) -> None:
    """Seed fixed; no rate is known, because resamples of the same questions are clustered."""
    assert len(found.stability) == PARAMS.resamples and max(found.stability) <= 1
    assert metrics(found)["skill_stability"] >= 0.85
    assert found.modes and all(mode.recurrence is not None and mode.recurrence >= 0.5 for mode in found.modes)


def test_the_same_rows_give_the_same_bytes(
    rows: pd.DataFrame, found: Found, discovered: list[Discovered], tmp_path: Path
) -> None:
    write(found, tmp_path / "one")
    write(taxonomy(rows, PARAMS, seed=0, documented=KNOWN, discovered=discovered), tmp_path / "two")
    names = sorted(file.name for file in (tmp_path / "one").iterdir())
    assert len(names) == 9
    for name in names:
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes(), name


def test_metrics_hold_counts(found: Found) -> None:
    numbers = metrics(found)
    assert numbers["skills"] == len(found.taxonomy.skills)
    assert numbers["skills_per_question"] > 1
    assert numbers["note"] is None


@pytest.mark.parametrize(
    "texts",
    [
        [],
        ["how many stars are there ?"] * 50,
        ["", "🎉", "?"],
        ["is there a star ?", "what colour is the dog ?", "x" * 10_000],
    ],
    ids=["none", "all the same", "no words", "three"],
)
def test_too_few_questions_give_a_note_and_the_files(texts: list[str], tmp_path: Path, rows: pd.DataFrame) -> None:
    few = pd.concat([rows.iloc[:1]] * len(texts)).assign(question=texts) if texts else rows.iloc[:0]
    nothing = taxonomy(few, PARAMS, seed=0)
    assert nothing.note is not None and nothing.note.startswith("There are no skills: ")
    write(nothing, tmp_path / "taxonomy")
    assert store.read_json(tmp_path / "taxonomy" / "failure_modes.json") == []
    compared = store.read_json(tmp_path / "taxonomy" / "comparison.json")
    assert compared["methods"].keys() == {*few["method"]}
    assert all(one["skills"] == 0 for one in compared["methods"].values())
    assert metrics(nothing)["skills"] == 0


def test_phrases_that_form_no_cluster_still_have_skills(rows: pd.DataFrame) -> None:
    texts = [
        f"what colour is the {noun} ?"
        for noun in ("cat", "dog", "sun", "car", "bee", "hat", "cup", "pen", "owl", "fox", "log", "jar")
    ]
    few = pd.concat([rows[rows["outcome"] == "correct"].iloc[:1]] * len(texts)).assign(question=texts)
    found = taxonomy(few, PARAMS, seed=0)
    assert found.questions["skills"].map(len).min() >= 1


def test_an_embedding_that_is_no_model_is_named_in_the_error(rows: pd.DataFrame, tmp_path: Path) -> None:
    with pytest.raises(BlindspotError, match="nowhere"):
        taxonomy(rows, Params(embedding=str(tmp_path / "nowhere")), seed=0)
