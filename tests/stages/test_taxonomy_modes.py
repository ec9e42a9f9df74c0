"""The failure modes in the taxonomy of real questions about scenes."""

from dataclasses import replace
from pathlib import Path

import pandas as pd

from blindspot import store
from blindspot.params import MODES
from blindspot.taxonomy.discovery import Discovered, Found
from blindspot.taxonomy.reading.question_features import all_features
from stages.taxonomy import Params, metrics, mode_table, taxonomy, write
from tests.stages.defaults import KNOWN, PARAMS


def test_one_image_is_not_enough_to_find_modes(rows: pd.DataFrame) -> None:
    found = taxonomy(rows.assign(image_id="one"), Params(resamples=2), seed=0)
    assert found.taxonomy.skills and not found.modes
    assert found.note is not None and "one image" in found.note


def test_the_planted_gap_is_found_as_a_mode(found: Found) -> None:
    assert [mode.features for mode in found.modes] == [("judging positions", "recognising purple")]
    assert found.modes[0].name == (
        "Questions that ask whether one object is in a given position relative to another and that mention purple"
    )


def test_the_table_for_people_has_sentences_examples_and_features(found: Found) -> None:
    (row,) = mode_table(found).to_dict("records")
    (mode,) = found.modes
    question = found.questions.set_index("rollout_id")["question"].loc[mode.examples[0]]
    assert row["failure_mode"] == f"{mode.name}, for example “{question}”"
    assert (row["features"], row["documented"]) == ("judging positions + recognising purple", "novel")
    assert (row["status"], row["evidence"], row["mix"]) == ("confirmed", "strong", "")
    assert (row["asked"], row["failures"], row["mode_id"]) == (mode.asked, mode.failures, mode.mode_id)


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
    assert found.modes
    for mode in found.modes:
        assert sum(mode.contains(all_features(question, reference)) for question, reference in asked) == mode.asked


def test_examples_are_failures(found: Found) -> None:
    by_id = found.questions.set_index("rollout_id")
    examples = by_id.loc[[name for mode in found.modes for name in mode.examples]]
    assert set(examples["outcome"]) == {"failure"}


def test_without_a_search_modes_are_discovered_in_a_part_of_the_questions(rows: pd.DataFrame) -> None:
    found = taxonomy(rows, PARAMS, seed=0)
    parts = found.questions.groupby("image_id")["part"]
    assert (parts.nunique() == 1).all()
    # Fails for another uniform hash with probability 1e-4 (binomial of 150 images at 0.7).
    assert 0.55 < (parts.first() == "discovery").mean() < 0.85
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


def test_the_error_rate_on_the_bases_questions_raises_the_threshold(rows: pd.DataFrame, found: Found) -> None:
    assert found.threshold == MODES.threshold
    of_base = (rows["method"] == "base") & (rows["outcome"] == "correct")
    half = of_base & (rows.index % 2 == 0)
    bad = taxonomy(rows.assign(outcome=rows["outcome"].where(~half, "failure")), PARAMS, seed=0)
    assert 0.4 < bad.threshold < 0.7


def test_a_discovered_mode_whose_failures_are_those_of_another_is_part_of_it_and_not_novel(
    rows: pd.DataFrame, found: Found, discovered: list[Discovered]
) -> None:
    """The candidate fails relations with purple things. "Mentions purple" fails for no other reason."""
    (mode,) = found.modes
    wide = replace(mode, mode_id="purple", features=("recognising purple",), name="Questions that mention purple")
    both = [discovered[0]._replace(modes=[*discovered[0].modes, wide])]
    counts = MODES.model_copy(update={"threshold": 0.1})  # else the wide mode is not confirmed
    narrow, other = taxonomy(rows, PARAMS, seed=0, documented=KNOWN, counts=counts, discovered=both).modes
    assert (narrow.features, narrow.mix_share) == (mode.features, None)
    assert (other.mix_of, other.status) == ((mode.mode_id,), "confirmed")
    assert other.mix_share is not None and other.mix_share >= 0.8
    table = mode_table(replace(found, modes=[narrow, other])).to_dict("records")
    assert table[1]["mix"] == f"part of “{narrow.name}”"
