"""Every recipe fits params.yaml, names models that are described, and states its calls correctly."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from blindspot.models.description import describe
from blindspot.params import MODEL_PARAMETERS, PROMPT_PARAMETERS, CandidateParams, read
from flows.estimate import parts
from flows.overrides import STARTED_AFRESH, with_changes, with_recipe
from flows.workspace import PATHS
from stages.explore import Params as ExploreParams
from stages.harvest import Params as HarvestParams
from stages.train import Params as TrainParams
from stages.verify import Params as VerifyParams

ROOT = Path(__file__).parents[1]
RECIPES = sorted([*ROOT.glob("recipes/*.yaml"), *ROOT.glob("recipes/judges/*.yaml")])


def values_of(recipe: Path) -> dict[str, Any]:
    return with_changes(with_recipe(read(ROOT / "params.yaml"), recipe), [])


def test_a_run_elsewhere_finds_every_model() -> None:
    fixed = {"train.base_model"}  # copied into the run
    assert {name[1:] for name in PATHS} >= {*MODEL_PARAMETERS} - fixed


def test_there_are_recipes() -> None:
    assert len(RECIPES) >= 8


@pytest.mark.parametrize("recipe", RECIPES, ids=lambda path: path.stem)
def test_every_file_and_model_that_it_names_exists(recipe: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    values = values_of(recipe)
    assert Path(values["launch"]["config"]).is_file()
    for name in PROMPT_PARAMETERS:
        section, key = name.split(".")
        assert Path(values[section][key]).is_file()
    for name in MODEL_PARAMETERS:
        section, key = name.split(".")
        assert Path(values[section][key]).exists(), name
        describe(values[section][key])


@pytest.mark.parametrize("recipe", RECIPES, ids=lambda path: path.stem)
def test_nothing_of_the_scenes_reaches_a_recipe_for_other_images(recipe: Path) -> None:
    values = values_of(recipe)
    if values["prepare"]["source"] != "scenes":
        assert "scenes" not in json.dumps({name: values[name] for name in STARTED_AFRESH})
    else:
        assert "base: params.yaml" in recipe.read_text("utf-8")


@pytest.mark.parametrize("recipe", RECIPES, ids=lambda path: path.stem)
def test_it_states_machine_time_and_calls(recipe: Path) -> None:
    values, text = values_of(recipe), recipe.read_text("utf-8")
    head = " ".join(line.removeprefix("#").strip() for line in text.splitlines() if line.startswith("#"))
    assert "Machine: " in head and "Time: " in head
    methods = 3 if values["prepare"]["source"] == "scenes" else 2
    sections = (
        ExploreParams.model_validate(values["explore"]),
        TrainParams.model_validate(values["train"]),
        HarvestParams.model_validate(values["harvest"]),
        VerifyParams.model_validate(values["verify"]),
        CandidateParams.model_validate(values["candidate"]),
    )
    questioner = describe(str(ROOT / values["train"]["base_model"])).kind
    validation = values["prepare"]["splits"]["validation"]
    calls = sum(part.calls for part in parts(*sections, validation, methods, questioner))
    said = re.search(r"Calls: ([\d,]+) of the candidate, (?:at most ([\d,]+) of|none of)", head)
    assert said and said[1] == f"{calls:,}"
    judged = 2 * values["verifier"]["votes"] * calls
    assert said[2] == (f"{judged:,}" if values["verifier"]["kind"] == "vlm" else None)
