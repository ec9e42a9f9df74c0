"""Repeats of failures and probes of the judge, with the real oracle."""

from collections.abc import Sequence
from pathlib import Path

import pandas as pd
import pytest

from blindspot.errors import BlindspotError
from blindspot.judges.oracle import OracleVerifier
from blindspot.probes.verdicts import measure_repeats, probe_judge
from blindspot.records.answer import Answer, Sampling
from blindspot.records.image import Image
from blindspot.records.unscored import Unscored
from blindspot.scenes.draw import draw
from blindspot.verification import verify
from stages.verify import Params, repeat
from tests.project import REPOSITORY, make_project, meter
from tests.rollouts import IMAGES, ROLLOUTS, SCENE


class Silent:
    identity = "silent"

    def answer(
        self, images: Sequence[Image], questions: Sequence[str], sampling: Sampling | None = None
    ) -> list[Answer]:
        return [Answer("", Unscored.CUT_OFF)] * len(images)


def verdicts() -> pd.DataFrame:
    return verify(ROLLOUTS, IMAGES, OracleVerifier("invalid"))


def test_by_default_nothing_is_repeated_or_injected() -> None:
    repeats, _ = repeat(verdicts(), IMAGES, OracleVerifier("invalid"), Params(), meter())
    assert repeats.empty and measure_repeats(verdicts(), repeats) == {}
    assert probe_judge(verdicts(), IMAGES, OracleVerifier("invalid"), 0) == {}


def test_repeats_are_measured_by_method(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    draw(SCENE, 48).save(tmp_path / "i0.png")
    images = [Image("i0", tmp_path / "i0.png", "test", SCENE.to_json())]
    monkeypatch.chdir(make_project(tmp_path, candidate={"model": str(REPOSITORY / "models/scenes-candidate")}))
    params, spent = Params(repeats=1, max_unscored_rate=1), meter()
    repeats, left_out = repeat(verdicts(), images, OracleVerifier("invalid"), params, spent)
    assert left_out == {} and spent.calls["candidate_calls"] == len(repeats)
    assert [*repeats["rollout_id"].unique()] == ["t-0", "t-2", "t-3"]
    found = measure_repeats(verdicts().assign(persists=float("nan")), repeats)["repeats"]
    assert [found[method]["repeats"] for method in ("trained", "base", "templates")] == [9, 0, 0]
    assert found["base"]["failing_sampled"] is None


def test_too_many_unscored_repeats_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("stages.verify.open_candidate", lambda *_, **__: Silent())
    monkeypatch.chdir(make_project(tmp_path))
    draw(SCENE, 48).save(tmp_path / "i0.png")
    images = [Image("i0", tmp_path / "i0.png", "test", SCENE.to_json())]
    with pytest.raises(BlindspotError, match=r"9 of 9 repeats are unscored: cut off × 9"):
        repeat(verdicts(), images, OracleVerifier("invalid"), Params(repeats=1), meter())


def test_injected_texts_do_not_steer_the_oracle() -> None:
    found = probe_judge(verdicts(), IMAGES, OracleVerifier("invalid"), 31)["susceptibility"]
    for way in ("question_appended", "question_alone"):  # whatever is added, the grammar does not know it
        assert found[way]["tried"] == 31 and found[way]["share"] == found[way]["control"]
