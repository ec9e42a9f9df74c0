"""The taxonomy of real scenes questions, fitted once for all tests here."""

from pathlib import Path

import pandas as pd
import pytest

from blindspot import store
from blindspot.errors import BlindspotError
from blindspot.skills.placing import Placing
from stages.taxonomy import Params, Taxonomy, metrics, taxonomy, write
from tests.skills.rows import make_rows

PARAMS = Params.model_validate({})


@pytest.fixture(scope="session")
def rows() -> pd.DataFrame:
    return make_rows(300)


@pytest.fixture(scope="session")
def found(rows: pd.DataFrame) -> Taxonomy:
    return taxonomy(rows, PARAMS, seed=0)


def test_it_has_fewer_meta_skills_than_skills(found: Taxonomy) -> None:
    assert 2 <= len(found.meta_skills) < len(found.skills) <= len(found.topics)
    assert found.note is None


def test_every_skill_is_in_one_meta_skill(found: Taxonomy) -> None:
    grouped = [name for meta_skill in found.meta_skills for name in meta_skill.skills]
    assert sorted(grouped) == sorted({skill.name for skill in found.skills})


def test_every_primitive_is_in_one_skill_and_every_question_has_some(found: Taxonomy) -> None:
    placed = [primitive.text for skill in found.skills for primitive in skill.primitives]
    assert sorted(placed) == sorted({text for texts in found.questions["primitives"] for text in texts})
    assert found.questions["skills"].map(len).min() >= 1


def test_invalid_questions_are_left_out(found: Taxonomy, rows: pd.DataFrame) -> None:
    assert len(found.questions) == rows["outcome"].isin(["failure", "correct"]).sum() < len(rows)


def test_the_planted_gap_comes_back_as_a_mode(found: Taxonomy) -> None:
    assert [mode.name for mode in found.modes] == ["judging positions + recognising purple"]


def test_a_mode_claims_the_questions_that_it_counts(found: Taxonomy) -> None:
    placing = Placing(found.skills, found.meta_skills)
    asked = [*zip(found.questions["question"], found.questions["reference"], strict=True)]
    for mode in found.modes:
        assert sum(mode.claims(placing.traits(question, reference)) for question, reference in asked) == mode.asked


def test_examples_are_failures(found: Taxonomy) -> None:
    by_id = found.questions.set_index("rollout_id")
    examples = by_id.loc[[name for mode in found.modes for name in mode.examples]]
    assert set(examples["outcome"]) == {"failure"}


def test_scene_and_family_are_never_read(rows: pd.DataFrame, found: Taxonomy) -> None:
    blind = taxonomy(rows.drop(columns=["family"]), PARAMS, seed=0)
    assert blind.modes == found.modes
    assert blind.skills == found.skills


def test_the_same_rows_give_the_same_bytes(rows: pd.DataFrame, found: Taxonomy, tmp_path: Path) -> None:
    write(found, tmp_path / "one")
    write(taxonomy(rows, PARAMS, seed=0), tmp_path / "two")
    names = sorted(file.name for file in (tmp_path / "one").iterdir())
    assert len(names) == 6
    for name in names:
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes(), name


def test_metrics_hold_counts(found: Taxonomy) -> None:
    numbers = metrics(found)
    assert numbers["skills"] == len(found.skills)
    assert numbers["skills_per_question"] > 2
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
def test_too_little_gives_a_sentence_and_the_files(texts: list[str], tmp_path: Path, rows: pd.DataFrame) -> None:
    few = pd.concat([rows.iloc[:1]] * len(texts)).assign(question=texts) if texts else rows.iloc[:0]
    nothing = taxonomy(few, PARAMS, seed=0)
    assert nothing.note is not None and nothing.note.startswith("There is no taxonomy: ")
    write(nothing, tmp_path / "taxonomy")
    assert store.read_json(tmp_path / "taxonomy" / "failure_modes.json") == []
    assert metrics(nothing)["skills"] == 0


def test_phrases_that_form_no_cluster_still_have_skills(rows: pd.DataFrame) -> None:
    texts = [
        f"what is the {noun} ?"
        for noun in ("cat", "dog", "sun", "car", "bee", "hat", "cup", "pen", "owl", "fox", "log", "jar")
    ]
    few = pd.concat([rows[rows["outcome"] == "correct"].iloc[:1]] * len(texts)).assign(question=texts)
    found = taxonomy(few, PARAMS, seed=0)
    assert found.questions["skills"].map(len).min() >= 1


def test_an_embedding_that_is_no_model_is_named(rows: pd.DataFrame, tmp_path: Path) -> None:
    with pytest.raises(BlindspotError, match="nowhere"):
        taxonomy(rows, Params(embedding=str(tmp_path / "nowhere")), seed=0)
