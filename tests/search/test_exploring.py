"""Exploring ends when the calls or the budget are spent, or when no failure is left to follow."""

import random
import re
from collections.abc import Sequence
from pathlib import Path

import pytest

from blindspot.errors import BlindspotError
from blindspot.judges.oracle import OracleVerifier
from blindspot.protocols import PastFailure, ProposedQuestion, Target
from blindspot.records.image import Image
from blindspot.scenes.planted import PlantedCandidate
from blindspot.search.exploring import explore
from blindspot.search.journal import Journal
from blindspot.search.proposals import PAST
from tests.project import meter
from tests.search.explorations import HOW, IMAGES, Deaf


@pytest.mark.parametrize(
    ("mistakes", "budget", "asked"), [(0.0, {}, 40), (0.4, {}, 120), (0.4, {"candidate_calls": 70}, 70)]
)
def test_it_ends_after_calls_budget_or_failures(
    mistakes: float, budget: dict[str, int], asked: int, tmp_path: Path
) -> None:
    journal = Journal(
        tmp_path / "a.jsonl", PlantedCandidate([], mistakes, 0), OracleVerifier("invalid"), meter(**budget)
    )
    found, _ = explore(HOW, 0, IMAGES, Deaf(), journal)
    assert len(found) == asked


def test_it_ends_if_no_new_question_is_proposed(tmp_path: Path) -> None:
    class Dull(Deaf):
        def ask_for(
            self,
            targets: Sequence[Target],
            images: Sequence[Image],
            seed: int,
            past: Sequence[Sequence[str]] = (),
            failures: Sequence[Sequence[PastFailure]] = (),
        ) -> list[ProposedQuestion]:
            return [ProposedQuestion("is there a star ?", None, 0.0) for _ in images]

    journal = Journal(tmp_path / "a.jsonl", PlantedCandidate([], 0.4, 0), OracleVerifier("invalid"), meter())
    found, _ = explore(HOW, 0, IMAGES[:5], Dull(), journal)
    assert len(found) == 5


class Declining(Deaf):
    """Declines `share` of the targets."""

    def __init__(self, share: float) -> None:
        self.share = share

    def ask_for(
        self,
        targets: Sequence[Target],
        images: Sequence[Image],
        seed: int,
        past: Sequence[Sequence[str]] = (),
        failures: Sequence[Sequence[PastFailure]] = (),
    ) -> list[ProposedQuestion]:
        dice, declined = random.Random(seed), ProposedQuestion("", None, 0.0, "declined", "I cannot.")
        asked = super().ask_for(targets, images, seed)
        return [declined if dice.random() < self.share else one for one in asked]


def test_a_declined_target_costs_no_call_and_is_counted(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    journal = Journal(tmp_path / "a.jsonl", PlantedCandidate([], 0.4, 0), OracleVerifier("invalid"), meter())
    found, _ = explore(HOW, 0, IMAGES, Declining(0.5), journal)
    assert len(found) == journal.meter.calls["candidate_calls"] == 120 and all(row.question for row in found)
    assert re.search(
        r"explore: \d+ replies of the questioner have no question: declined × \d+", capsys.readouterr().out
    )
    with pytest.raises(BlindspotError, match=r"no reply of the questioner has a question: declined × \d+"):
        explore(HOW, 0, IMAGES, Declining(1.0), journal)


def test_the_questioner_is_shown_its_earlier_questions_about_an_image(tmp_path: Path) -> None:
    shown: list[Sequence[Sequence[str]]] = []

    class Listening(Deaf):
        def ask_for(
            self,
            targets: Sequence[Target],
            images: Sequence[Image],
            seed: int,
            past: Sequence[Sequence[str]] = (),
            failures: Sequence[Sequence[PastFailure]] = (),
        ) -> list[ProposedQuestion]:
            shown.append(past)
            return super().ask_for(targets, images, seed)

    journal = Journal(tmp_path / "a.jsonl", PlantedCandidate([], 0.4, 0), OracleVerifier("invalid"), meter())
    explore(HOW, 0, IMAGES[:3], Listening(), journal)
    assert not any(shown[0])
    assert shown[-1] and all(0 < len(past) == len(set(past)) <= PAST for past in shown[-1])


def test_it_ends_after_finding_the_only_gap(tmp_path: Path) -> None:
    candidate = PlantedCandidate(["answer == no"], 0.0, 0)
    journal = Journal(tmp_path / "asked.jsonl", candidate, OracleVerifier("invalid"), meter())
    found, modes = explore(HOW, 0, IMAGES, Deaf(), journal)
    assert len(found) < HOW.calls
    assert [mode.features for mode in modes] == [("noticing absence",)]
