"""Targets from an analysis come first in a search."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

import pytest

from blindspot.errors import BlindspotError
from blindspot.judges.oracle import OracleVerifier
from blindspot.paths import FAILURE_MODES
from blindspot.protocols import PastFailure, ProposedQuestion, Target
from blindspot.records.failure_mode import FailureMode, Status
from blindspot.records.image import Image
from blindspot.scenes.planted import PlantedCandidate
from blindspot.search.exploring import explore
from blindspot.search.given import PROPOSED, GivenTargets, read_given
from blindspot.search.journal import Journal
from tests.project import meter
from tests.search.explorations import HOW, IMAGES, Deaf


def mode(*features: str, status: Status | None = None) -> FailureMode:
    return FailureMode("+".join(features), "", features, 9, 5, 0.5, 0.2, 0.8, 1.0, 0.01, (), status=status)


def write(path: Path, *modes: FailureMode) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps([asdict(one) for one in modes]), "utf-8")
    return path


def test_confirmed_modes_come_first_and_the_letter_of_an_option_is_left_out(tmp_path: Path) -> None:
    modes = [
        mode("counting", status="not_confirmed"),
        mode("asks who", "answer: option B", status="too_few"),
        mode("answer: option A", status="confirmed"),
        mode("asks who", "answer: person", status="confirmed"),
        mode("asks who"),
    ]
    write(tmp_path / FAILURE_MODES, *modes)
    expected = [("asks who", "answer: person"), ("asks who",), ("counting",)]
    assert read_given(tmp_path) == read_given(tmp_path / FAILURE_MODES) == expected


def test_the_default_file_has_no_targets() -> None:
    assert read_given(Path("configs/no_targets.json")) == []


def test_an_analysis_of_several_models_names_them(tmp_path: Path) -> None:
    write(tmp_path / "one" / FAILURE_MODES, mode("counting"))
    with pytest.raises(BlindspotError, match=f"has no {FAILURE_MODES}, but folders for models: one: .*{tmp_path}/one"):
        read_given(tmp_path)
    with pytest.raises(BlindspotError, match=r"explore.targets: .*nowhere does not exist"):
        read_given(tmp_path / "nowhere")
    wrong = tmp_path / "wrong.json"
    wrong.write_text('{"a": 1}')
    with pytest.raises(BlindspotError, match="holds no failure modes"):
        read_given(wrong)


def test_targets_are_proposed_in_turn_until_each_has_enough_questions() -> None:
    given = GivenTargets([("counting",), ("asks who",)], min_asked=2)
    assert given.wording == {"asks who"}
    assert given.draw(4) == [("counting",), ("asks who",)] * 2
    assert given.first([["counting"], ["counting"], ["counting"], ["asks who"], []], 9) == [0, 3, 1]
    for _ in range(2):
        given.add({"counting", "answer 2"})
    assert given.open == [("asks who",)] and given.draw(2) == [("asks who",)] * 2


def test_a_target_without_success_is_given_up_with_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    given = GivenTargets([("reading text",)], min_asked=2)
    given.draw(PROPOSED - 1)
    given.add({"reading text"})  # starts the count anew
    assert len(given.draw(PROPOSED)) == PROPOSED and not capsys.readouterr().out
    assert given.draw(3) == given.open == []
    assert capsys.readouterr().out.splitlines() == [
        f"explore: given up after {PROPOSED} proposals without a suitable question: reading text"
    ]


class Obedient(Deaf):
    """Asks whether there is a star, or who is there if the target says so. Records the targets and the failures."""

    def __init__(self) -> None:
        self.targets, self.failures = list[Target](), list[Sequence[PastFailure]]()

    def ask_for(
        self,
        targets: Sequence[Target],
        images: Sequence[Image],
        seed: int,
        past: Sequence[Sequence[str]] = (),
        failures: Sequence[Sequence[PastFailure]] = (),
    ) -> list[ProposedQuestion]:
        self.targets += targets
        self.failures += failures
        return super().ask_for(targets, images, seed)


def run(questioner: Obedient, path: Path, given: Sequence[Target], examples: int = 0) -> None:
    journal = Journal(path / "a.jsonl", PlantedCandidate([], 0.4, 0), OracleVerifier("invalid"), meter())
    explore(HOW, 0, IMAGES, questioner, journal, given, examples)


def test_a_search_starts_with_the_given_targets(tmp_path: Path) -> None:
    questioner = Obedient()
    run(questioner, tmp_path, [("asks whether",), ("reading text",)])
    first = questioner.targets[: 2 * HOW.proposals]
    assert {*first} == {("asks whether",), ("reading text",)}
    assert questioner.targets.count(("reading text",)) >= PROPOSED
    assert any(target not in first for target in questioner.targets)


def test_failures_of_the_target_about_other_images_are_shown(tmp_path: Path) -> None:
    questioner = Obedient()
    run(questioner, tmp_path, [("asks whether",)] * 1, examples=3)
    assert max(map(len, questioner.failures)) == 3
    assert all(question and answer in ("yes", "no") for shown in questioner.failures for question, answer in shown)
    (tmp_path / "b").mkdir()
    run(silent := Obedient(), tmp_path / "b", [])
    assert silent.failures == []
