"""The taxonomy of real questions about scenes, which is fitted once for all tests here."""

from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from blindspot import store
from blindspot.checks.run import check
from blindspot.checks.taxonomy import PRIMITIVE
from blindspot.errors import BlindspotError
from blindspot.params import MODES
from blindspot.records.failure_mode import read_failure_modes
from blindspot.records.rollout import Asked
from blindspot.search.explorer import modes_in
from blindspot.taxonomy.discovery import Discovered
from blindspot.taxonomy.modes.documented import read_documented
from blindspot.taxonomy.reading.question_features import all_features
from stages.taxonomy import Found, Params, metrics, mode_table, taxonomy, write
from tests.taxonomy.rows import make_rows

PARAMS = Params.model_validate({})
KNOWN = read_documented(Path(PARAMS.documented))


@pytest.fixture(scope="session")
def rows() -> pd.DataFrame:
    return make_rows(300)


@pytest.fixture(scope="session")
def discovered() -> list[Discovered]:
    """What a search discovers in other questions of the same candidate."""
    valid = make_rows(300, seed=1).query("outcome in ('failure', 'correct')").reset_index(drop=True)
    asked = [
        Asked(row.image_id, row.question, row.answer, row.reference, row.outcome, None) for row in valid.itertuples()
    ]
    return [Discovered(modes_in(asked, MODES.threshold, MODES.min_asked), valid, MODES.min_asked)]


@pytest.fixture(scope="session")
def found(rows: pd.DataFrame, discovered: list[Discovered]) -> Found:
    return taxonomy(rows, PARAMS, seed=0, documented=KNOWN, discovered=discovered)


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


def test_one_image_is_not_enough_to_find_modes(rows: pd.DataFrame) -> None:
    found = taxonomy(rows.assign(image_id="one"), Params(resamples=2), seed=0)
    assert found.taxonomy.skills and not found.modes
    assert found.note is not None and "one image" in found.note


def test_invalid_questions_are_left_out(found: Found, rows: pd.DataFrame) -> None:
    assert len(found.questions) == rows["outcome"].isin(["failure", "correct"]).sum() < len(rows)


def test_the_planted_gap_is_found_as_a_mode(found: Found) -> None:
    assert [mode.features for mode in found.modes] == [("judging positions", "recognising purple")]
    assert found.modes[0].name == (
        "Questions that ask whether one object is in a given position relative to another and that mention purple"
    )


def test_the_table_for_people_has_sentences_examples_and_features(found: Found) -> None:
    (row,) = mode_table(found).to_dict("records")
    (mode,) = found.modes
    question = found.questions.set_index("rollout_id").loc[mode.examples[0], "question"]
    assert row["failure_mode"] == f"{mode.name}, for example “{question}”"
    assert (row["features"], row["documented"]) == ("judging positions + recognising purple", "novel")
    assert (row["asked"], row["failures"], row["mode_id"]) == (mode.asked, mode.failures, mode.mode_id)


def test_skills_are_written_with_title_and_definition(found: Found, tmp_path: Path) -> None:
    write(found, tmp_path / "taxonomy")
    skills = {one["name"]: one for one in store.read_json(tmp_path / "taxonomy" / "skills.json")}
    assert skills["counting"]["title"] == "Counting objects"
    assert skills["counting"]["definition"] == "The question asks how many objects there are."
    groups = {one["name"]: one["title"] for one in store.read_json(tmp_path / "taxonomy" / "meta_skills.json")}
    assert groups["judging positions"] == "Judging relative positions"
    assert read_failure_modes(tmp_path / "taxonomy" / "failure_modes.json") == found.modes


def test_a_mode_that_matches_no_entry_is_novel(
    found: Found, rows: pd.DataFrame, discovered: list[Discovered], tmp_path: Path
) -> None:
    (mode,) = found.modes
    assert (mode.kinds, mode.documented) == (("colour", "spatial relation"), ())
    assert metrics(found)["novel_modes"] == 1
    purple = KNOWN[0].model_copy(update={"name": "purple things", "kinds": mode.kinds})
    listed = taxonomy(rows, PARAMS, seed=0, documented=[*KNOWN, purple], discovered=discovered)
    assert listed.modes == [replace(mode, documented=("purple things",))]
    assert metrics(listed)["novel_modes"] == 0
    write(listed, tmp_path / "taxonomy")
    (entry,) = store.read_json(tmp_path / "taxonomy" / "documented.json")
    assert (entry["name"], entry["url"]) == ("purple things", KNOWN[0].url)


def test_without_a_list_no_mode_is_counted_as_novel(
    rows: pd.DataFrame, found: Found, discovered: list[Discovered]
) -> None:
    unlisted = taxonomy(rows, PARAMS, seed=0, discovered=discovered)
    assert unlisted.modes == [replace(mode, documented=None) for mode in found.modes]
    assert metrics(unlisted)["novel_modes"] is None


def test_a_mode_contains_the_questions_that_it_counts(found: Found) -> None:
    asked = [*zip(found.questions["question"], found.questions["reference"], strict=True)]
    for mode in found.modes:
        assert sum(mode.contains(all_features(question, reference)) for question, reference in asked) == mode.asked


def test_examples_are_failures(found: Found) -> None:
    by_id = found.questions.set_index("rollout_id")
    examples = by_id.loc[[name for mode in found.modes for name in mode.examples]]
    assert set(examples["outcome"]) == {"failure"}


def test_scene_and_family_are_never_read(rows: pd.DataFrame, found: Found, discovered: list[Discovered]) -> None:
    blind = taxonomy(rows.drop(columns=["family"]), PARAMS, seed=0, documented=KNOWN, discovered=discovered)
    assert blind.modes == found.modes
    assert blind.taxonomy == found.taxonomy


def test_without_a_search_modes_are_discovered_in_a_part_of_the_questions(rows: pd.DataFrame) -> None:
    found = taxonomy(rows, PARAMS, seed=0)
    parts = found.questions.groupby("image_id")["part"]
    assert (parts.nunique() == 1).all()
    assert 0.6 < (parts.first() == "discovery").mean() < 0.8
    (mode,) = found.modes
    held_out = found.questions[found.questions["part"] == "held_out"]
    inside = [mode.contains({*features}) for features in held_out["features"]]
    assert mode.asked == sum(inside) > 0 and mode.status in ("confirmed", "not_confirmed", "too_few")


def test_a_quota_alone_confirms_a_mode_and_is_no_method(
    rows: pd.DataFrame, discovered: list[Discovered], tmp_path: Path
) -> None:
    (mode,) = discovered[0].modes
    own = rows[(rows["method"] == "templates") & rows["question"].str.contains("purple")]
    quota = own.assign(method="quota", mode_id=mode.mode_id, rollout_id="quota-" + own["rollout_id"])
    found = taxonomy(pd.concat([rows, quota]), PARAMS, seed=0, discovered=discovered)
    asked = [row for row in quota.itertuples() if mode.contains(all_features(row.question, row.reference))]
    assert [(one.asked, one.failures) for one in found.modes] == [
        (len(asked), sum(row.outcome == "failure" for row in asked))
    ]
    assert 0 < len(asked) < len(quota)
    write(found, tmp_path / "taxonomy")
    skills = store.read_json(tmp_path / "taxonomy" / "skills.json")
    assert {method for one in skills for method in one["methods"]} == {"trained", "base", "templates"}
    assert "quota" not in store.read_json(tmp_path / "taxonomy" / "comparison.json")["methods"]


def test_stability_and_recurrence_are_measured(found: Found) -> None:
    assert len(found.stability) == PARAMS.resamples and max(found.stability) <= 1
    assert metrics(found)["skill_stability"] >= 0.85
    assert all(mode.recurrence is not None and mode.recurrence >= 0.5 for mode in found.modes)


def test_the_error_rate_on_the_bases_questions_raises_the_threshold(rows: pd.DataFrame, found: Found) -> None:
    assert found.threshold == MODES.threshold
    of_base = (rows["method"] == "base") & (rows["outcome"] == "correct")
    half = of_base & (rows.index % 2 == 0)
    bad = taxonomy(rows.assign(outcome=rows["outcome"].where(~half, "failure")), PARAMS, seed=0)
    assert 0.4 < bad.threshold < 0.7


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
    assert all(one["skills"] == 0 for one in compared["methods"].values())
    assert metrics(nothing)["skills"] == 0


def test_phrases_that_form_no_cluster_still_have_skills(rows: pd.DataFrame) -> None:
    texts = [
        f"what is the {noun} ?"
        for noun in ("cat", "dog", "sun", "car", "bee", "hat", "cup", "pen", "owl", "fox", "log", "jar")
    ]
    few = pd.concat([rows[rows["outcome"] == "correct"].iloc[:1]] * len(texts)).assign(question=texts)
    found = taxonomy(few, PARAMS, seed=0)
    assert found.questions["skills"].map(len).min() >= 1


def test_an_embedding_that_is_no_model_is_named_in_the_error(rows: pd.DataFrame, tmp_path: Path) -> None:
    with pytest.raises(BlindspotError, match="nowhere"):
        taxonomy(rows, Params(embedding=str(tmp_path / "nowhere")), seed=0)
