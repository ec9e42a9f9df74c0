"""Compares the modes of an analysis with the weaknesses of the stand-in candidate."""

import json
from pathlib import Path
from random import Random

import pandas as pd

from bench.stand_in.models import WEAKNESSES
from bench.stand_in.score import GAPS, score
from blindspot.paths import FAILURE_MODES, VERDICTS
from blindspot.scenes.gaps import holding
from blindspot.scenes.oracle import rule
from blindspot.scenes.scene import Scene, random_scene
from blindspot.scenes.templates import ask, draw_question

COUNTING, LEFT, SIZES = WEAKNESSES


def failures(rng: Random) -> tuple[list[dict[str, object]], dict[str, Scene]]:
    """Failures about scenes, those that count four or more in the mode "many", those of other counts in "few"."""
    rows, scenes = list[dict[str, object]](), dict[str, Scene]()
    while sum("many" in str(row["modes"]) for row in rows) < 5:
        scene = random_scene(rng)
        question = draw_question(scene, "counting", rng)
        if question is None:
            continue
        text, name = ask(question, rng), f"s{len(scenes)}"
        scenes[name] = scene
        many = holding(GAPS, rule(text, scene), scene)[0]
        modes = ["many"] if many else ["few"]
        rows.append({"question": text, "image_id": f"image {name}", "outcome": "failure", "modes": modes})
    return rows, scenes


def test_weaknesses_are_found_by_their_modes_and_other_modes_are_named(tmp_path: Path) -> None:
    rows, scenes = failures(Random(0))
    known = {"asked": 9, "failures": 9}
    modes = [{"mode_id": one, "name": one.title(), "status": "confirmed", **known} for one in ("many", "few")]
    modes.append({"mode_id": "many", "name": "Again", "status": "not_confirmed", **known})
    for path in (VERDICTS, FAILURE_MODES):
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
    pd.DataFrame([*rows, rows[0] | {"outcome": "correct"}]).to_parquet(tmp_path / VERDICTS)
    (tmp_path / FAILURE_MODES).write_text(json.dumps(modes), "utf-8")
    found = score(tmp_path, scenes)
    assert found["failures"] == {COUNTING: 5, LEFT: 0, SIZES: 0, "none": len(rows) - 5}
    assert found["covered"] == {COUNTING: 1.0, LEFT: 0.0, SIZES: 0.0} and found["found"] == 1
    assert found["other"] == ["Few"]
    assert [one["any"] for one in found["modes"]] == [1.0, 0.0, 1.0]
    assert found["modes"][0]["shares"] == {COUNTING: 1.0, LEFT: 0.0, SIZES: 0.0}
