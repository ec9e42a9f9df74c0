"""Tests the data card of the failure set."""

import re
from pathlib import Path

import pandas as pd
import pytest
import yaml

from blindspot.audit.summary import summarize
from blindspot.failure_set.card import plain, render_card
from blindspot.failure_set.select import FailureSet
from blindspot.failure_set.table import FIELDS
from blindspot.records.asker import How, askers
from tests.failure_set.harvest import NOT_AUDITED, OTHER, TEXTS, make_set, row, rows, sample

NAMES = askers(How.TRAINED)


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> FailureSet:
    return make_set(tmp_path_factory.mktemp("images"))


@pytest.fixture(scope="module")
def card(found: FailureSet) -> str:
    return render_card(found, NOT_AUDITED, NAMES)


def test_the_front_matter_is_valid_for_the_hub(card: str) -> None:
    _, front, body = card.split("---\n", 2)
    fields = yaml.safe_load(front)
    assert fields["license"] == "unknown" and fields["size_categories"] == ["n<1K"]
    (config,) = fields["configs"]
    assert config["data_files"] == [{"split": "test", "path": "data/test.parquet"}]
    assert body.startswith("# Failures of org/model")


def test_every_field_and_failure_mode_is_explained(card: str) -> None:
    assert all(f"| `{name}` |" in card for name in FIELDS)
    assert f"| {OTHER.name} | 0 | 9 of 20 | 26 % to 66 % | moderate |" in card
    assert "7 of this set are in none" in card and "not how often it fails in use" in " ".join(card.split())


def test_the_card_names_who_asked_answered_and_judged(card: str) -> None:
    assert re.search(r"asked 8 of the questions \| the trained questioner: trained", card)
    assert "| judged the answers (`verifier`) | judge@0 |" in card
    assert "These failures were not audited" in card


def test_the_card_calls_a_questioner_trained_only_if_it_was(found: FailureSet, card: str) -> None:
    steered = render_card(found, NOT_AUDITED, askers(How.STEERED))
    assert "the steered questioner: trained" in steered and "the untrained base" not in steered
    assert "the untrained base: base" in card


def test_the_card_asks_the_user_to_check_images_and_licence(card: str) -> None:
    assert "Look at what they show" in card and "state it in `license`" in card


def test_names_are_escaped(card: str) -> None:
    assert "<b>" not in card.replace("\\<b\\>", "") and "<i>" not in card.replace("\\<i\\>", "")
    assert "| counting \\| \\<b\\>all\\</b\\> + \\*x\\* | 8 |" in card
    assert plain("a\nb\t[c](d) `e` $f$ http://g") == "a b \\[c\\](d) \\`e\\` \\$f\\$ http\\://g"


def test_a_set_without_failures_says_so(tmp_path: Path) -> None:
    right = render_card(make_set(tmp_path, rows().assign(outcome="correct")), NOT_AUDITED, NAMES)
    assert (
        "**There are no failures in this set.** 18 valid questions were asked and all were answered correctly."
        in right
    )
    unasked = render_card(make_set(tmp_path, rows().assign(outcome="unscored")), NOT_AUDITED, NAMES)
    assert "because no valid question was asked" in unasked
    for text in (right, unasked):
        assert "streaming=True" in text and "n<1K" in text and "Reliability of the judge" not in text


def test_a_set_whose_failures_were_all_overruled_says_so(tmp_path: Path) -> None:
    one = pd.DataFrame([row("base-0", ".", "how many ?", "2", "3")])
    card = render_card(make_set(tmp_path, one, sample(base_0="invalid")), NOT_AUDITED, NAMES)
    assert "the auditor overruled every failure of the judge." in card
    assert "The set leaves out 1 failure that the auditor overruled." in card


def test_the_card_says_how_reliable_the_judge_is(found: FailureSet) -> None:
    outcomes = ["failure"] * 20 + ["correct"] * 20
    judged = pd.DataFrame({"method": "trained", "outcome": outcomes, "judged": outcomes, "auditor": "a person"})
    judged["image_id"] = [f"i{place}" for place in range(40)]
    audit = summarize(judged, judged.assign(audited=["correct"] * 4 + outcomes[4:]))
    card = render_card(found, audit, NAMES)
    assert "Of 20 failures found by the trained questioner and audited by a person,\n80 % were confirmed" in card
    assert "Expect the same share among the failures that were not audited." in card


def test_the_card_says_what_was_left_out(tmp_path: Path) -> None:
    twice = pd.concat([rows(), rows().head(2).assign(rollout_id=["base-8", "base-9"])], ignore_index=True)
    assert "The set leaves out 2 failures with the same question" in render_card(
        make_set(tmp_path, twice), NOT_AUDITED, NAMES
    )
    assert len(make_set(tmp_path, twice).failures) == len(TEXTS)
