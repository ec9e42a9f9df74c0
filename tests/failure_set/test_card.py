"""The failure set's data card."""

import re
from pathlib import Path

import pandas as pd
import pytest
import yaml

from blindspot.audit.summary import summarize
from blindspot.failure_set.card import plain, render_card
from blindspot.failure_set.select import FailureSet
from blindspot.failure_set.table import FIELDS
from tests.failure_set.harvest import NOT_AUDITED, OTHER, TEXTS, make_set, row, rows, sample


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> FailureSet:
    return make_set(tmp_path_factory.mktemp("images"))


@pytest.fixture(scope="module")
def card(found: FailureSet) -> str:
    return render_card(found, NOT_AUDITED)


def test_its_front_matter_is_the_hub_s(card: str) -> None:
    _, front, body = card.split("---\n", 2)
    fields = yaml.safe_load(front)
    assert fields["license"] == "unknown" and fields["size_categories"] == ["n<1K"]
    (config,) = fields["configs"]
    assert config["data_files"] == [{"split": "test", "path": "data/test.parquet"}]
    assert body.startswith("# What org/model")


def test_every_field_and_failure_mode_is_explained(card: str) -> None:
    assert all(f"| `{name}` |" in card for name in FIELDS)
    assert f"| {OTHER['name']} | 0 | 9 of 20 | 26 % to 66 % |" in card
    assert "7 of this set are of none" in card and "not of the world's" in " ".join(card.split())


def test_who_asked_answered_and_judged_is_said(card: str) -> None:
    assert re.search(r"asked 8 of them \| the trained questioner: trained", card)
    assert "| judged (`verifier`) | judge@0 |" in card
    assert "Nobody judged these failures again" in card


def test_images_and_licence_are_the_user_s_to_look_at(card: str) -> None:
    assert "Look at what they show" in card and "yours to state" in card


def test_names_are_text_alone(card: str) -> None:
    assert "<b>" not in card.replace("\\<b\\>", "") and "<i>" not in card.replace("\\<i\\>", "")
    assert "| counting \\| \\<b\\>all\\</b\\> + \\*x\\* | 8 |" in card
    assert plain("a\nb\t[c](d) `e` $f$ http://g") == "a b \\[c\\](d) \\`e\\` \\$f\\$ http\\://g"


def test_a_set_without_failures_says_so(tmp_path: Path) -> None:
    right = render_card(make_set(tmp_path, rows().assign(outcome="correct")), NOT_AUDITED)
    assert "**There is no failure in this set.** 18 valid questions were asked and all were answered right." in right
    unasked = render_card(make_set(tmp_path, rows().assign(outcome="unscored")), NOT_AUDITED)
    assert "as no valid question was asked" in unasked
    for text in (right, unasked):
        assert "streaming=True" in text and "n<1K" in text and "How right the judge is" not in text


def test_a_set_whose_failures_were_all_overruled_says_so(tmp_path: Path) -> None:
    one = pd.DataFrame([row("base-0", ".", "how many ?", "2", "3")])
    card = render_card(make_set(tmp_path, one, sample(base_0="invalid")), NOT_AUDITED)
    assert "what the judge held for failures was none for the auditor." in card
    assert "Left out: 1 that are no failures, says the auditor." in card


def test_what_an_audit_says_of_the_judge_is_in_it(found: FailureSet) -> None:
    outcomes = ["failure"] * 20 + ["correct"] * 20
    judged = pd.DataFrame({"method": "trained", "outcome": outcomes, "judged": outcomes, "auditor": "a person"})
    audit = summarize(judged, judged.assign(audited=["correct"] * 4 + outcomes[4:]))
    card = render_card(found, audit)
    assert "Of 20 failures found by the trained questioner and judged again by a person, " in card
    assert "80 % were failures for\nthem too" in card and "expect the same share to be failures" in card


def test_what_was_left_out_is_said(tmp_path: Path) -> None:
    twice = pd.concat([rows(), rows().head(2).assign(rollout_id=["base-8", "base-9"])], ignore_index=True)
    assert "Left out: 2 that ask the same" in render_card(make_set(tmp_path, twice), NOT_AUDITED)
    assert len(make_set(tmp_path, twice).failures) == len(TEXTS)
