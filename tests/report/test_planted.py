"""Compares the modes of a report with planted weaknesses: on the overview and in one sentence."""

import re
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from blindspot.models.description import Planted
from blindspot.records.failure_mode import FailureMode, Status
from blindspot.records.image import Image
from blindspot.report.planted import PlantedTruth, planted_truth
from blindspot.report.site import write_site
from blindspot.scenes.scene import Scene
from stages.report import Params, report
from tests.report.site import EVERY_PARAM, NOT_AUDITED, REWARDS, SPENT, mode_of, taxonomy_of
from tests.taxonomy.rows import scenes

COUNTS, PURPLE, TOPMOST = (
    "family == counting and answer >= 2",
    "colour == purple and relation == left_of",
    "family == extremum and word == topmost",
)


@pytest.fixture(scope="module")
def images() -> list[Image]:
    def image(name: str, scene: Scene) -> Image:
        return Image(name, Path("none"), "test", scene.to_json())

    return [image(name, scene) for name, scene in scenes(200).items()]


def mode(*features: str, status: Status = "confirmed") -> FailureMode:
    found = FailureMode("--".join(features), " and ".join(features), features, 40, 40, 1.0, 0.9, 1.0, 9.0, 0.0, ())
    return replace(found, status=status)


def truth(images: list[Image], modes: list[FailureMode], *gaps: str, mistakes: float = 0.0) -> PlantedTruth:
    described = Planted(kind="planted", gaps=[*gaps], mistakes=mistakes)
    return planted_truth(described, modes, images, {one.mode_id for one in modes}, 0)


def test_a_weakness_is_found_not_confirmed_or_missed(images: list[Image]) -> None:
    modes = [mode("answer 2 or more"), mode("finding the topmost", status="not_confirmed")]
    found = truth(images, modes, COUNTS, PURPLE, TOPMOST)
    assert [one.status for one in found.weaknesses] == ["found", "missed", "not confirmed"]
    assert [[part.name for part in one.modes] for one in found.weaknesses] == [
        ["answer 2 or more"],
        [],
        ["finding the topmost"],
    ]
    assert found.found == 1 and found.others == ()
    assert found.sentence() == f"1 of 3 planted weaknesses found; not found: {PURPLE}, {TOPMOST}"
    assert all(one.rate.value == 1.0 and one.rate.whole > 10 for one in found.weaknesses)


def test_a_confirmed_mode_outside_of_the_weaknesses_is_named(images: list[Image]) -> None:
    found = truth(images, [mode("finding the topmost")], COUNTS, mistakes=0.3)
    assert [one.name for one in found.others] == ["finding the topmost"]
    assert found.sentence().endswith("; 1 confirmed mode outside of them")
    assert found.figures() == {"weaknesses": 1, "found": 0, "other_modes": 1, "sentence": found.sentence()}


def test_a_weakness_that_no_question_shows_is_too_rare(images: list[Image]) -> None:
    found = truth(images, [], "family == counting and answer == 9 and colour == red and said == 3")
    assert [one.status for one in found.weaknesses] == ["too rare"]
    assert found.sentence() == "0 of 1 planted weaknesses found"


def test_the_same_run_gives_the_same_truth_and_there_may_be_no_gap(images: list[Image]) -> None:
    modes = [mode("answer 2 or more")]
    assert truth(images, modes, COUNTS, mistakes=0.1) == truth(images, modes, COUNTS, mistakes=0.1)
    assert [one.name for one in truth(images, modes, mistakes=0.1).others] == ["answer 2 or more"]


def test_the_overview_lists_planted_weaknesses_only_if_there_are_some(
    images: list[Image], rows: pd.DataFrame, pictures: dict[str, Path], tmp_path: Path
) -> None:
    counting = mode_of(rows, "counting", "answer 2 or more")
    taxonomy = taxonomy_of(rows) | {"failure_modes": [counting]}
    made = report(rows, NOT_AUDITED, taxonomy, REWARDS, SPENT, Params.model_validate({}), EVERY_PARAM)
    for name, planted in (("with", truth(images, [counting], COUNTS, PURPLE)), ("without", None)):
        folder = tmp_path / name
        folder.mkdir()
        write_site(replace(made, planted=planted), pictures, folder)
        text = (folder / "index.html").read_text("utf-8")
        assert ("Planted weaknesses</h2>" in text) == (planted is not None)
        if planted:
            cells = re.findall(r'data-head="(Found|Modes)">(.*?)</td>', text)
            link = f'<a href="modes/{counting.mode_id}.html">{counting.name}</a>'
            assert cells == [
                ("Found", '<span class="new">found</span>'),
                ("Modes", link),
                ("Found", "missed"),
                ("Modes", "–"),
            ]
            assert "<code>family == counting and answer &gt;= 2</code>" in text
