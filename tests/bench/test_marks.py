"""The benches on marks find planted gaps and the κ of a judge with known mistakes."""

import random
from pathlib import Path

import pytest

from bench import marks, marks_judge
from bench.marks import GAPS, pictures, search_marks
from bench.marks_judge import FALSE_ALARM, MISSED, StandIn, kappa
from blindspot.audit.auditors import VerifierAuditor
from blindspot.judges.oracle import OracleVerifier
from blindspot.records.image import Image
from blindspot.scenes.gaps import Gap
from blindspot.scenes.oracle import rule
from blindspot.scenes.stored import read_scene
from tests.marks.scenes import any_marks


def test_every_gap_can_be_read() -> None:
    assert [Gap(gap).text for gap in GAPS] == list(GAPS)


@pytest.mark.slow
def test_a_search_explains_the_failures_in_three_gaps(monkeypatch: pytest.MonkeyPatch) -> None:
    """Seed fixed; no rate is known, because the search chooses what it asks."""
    gaps = ["family == text", "word == behind", "family == existence and answer == no"]
    monkeypatch.setattr(marks, "GAPS", gaps)
    monkeypatch.setattr(marks, "QUESTIONS", 1000)
    short = marks.EXPLORATION.model_copy(update={"calls": 200, "at_least": 200, "proposals": 10})
    monkeypatch.setattr(marks, "EXPLORATION", short)
    found = search_marks(3, *(pictures(12, seed) for seed in range(3)))
    assert sorted(found["gaps"]) == sorted(gaps) and found["calls"] == 200
    assert found["explained_mass"] > 0.8 and found["true_modes"] == 1


def test_the_stand_in_judge_makes_the_stated_mistakes() -> None:
    """Fails for correct code with probability 9e-4 over seeds (binomial of 2,000 at 0.08 and at 0.2)."""
    scene = any_marks(random.Random(1)).to_json()
    about = [Image(f"{number}", Path("x.png"), "test", scene) for number in range(2000)]
    asked = ["Is there a drawn figure?", "Are there any drawn figures in the image?"] * 1000
    truth = rule(asked[0], read_scene(scene)).answer
    for said, outcome, rate in (
        (truth, "correct", FALSE_ALARM),
        ("no" if truth == "yes" else "yes", "failure", MISSED),
    ):
        judged = [verdict.outcome for verdict in StandIn(1).judge(about, asked, [str(said)] * 2000)]
        assert {*judged} == {"failure", "correct"}
        assert abs(sum(found != outcome for found in judged) / 2000 - rate) < 0.03


@pytest.mark.slow
def test_labels_and_marks_give_similar_agreement() -> None:
    """Seed fixed; no rate is known, because the questions share pictures."""
    about = pictures(7, 3)
    assert marks_judge.LABELLED > marks_judge.SIZE
    by_oracle, by_labels = kappa(about, VerifierAuditor(OracleVerifier("invalid")), 300, 1), kappa(about, None, 300, 2)
    assert 0.4 < by_oracle.low < by_oracle.value < by_oracle.high < 0.95
    assert abs(by_labels.value - by_oracle.value) < 0.2
