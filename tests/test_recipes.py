"""Every recipe fits params.yaml, names models that are described, and states its calls correctly."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from blindspot.model_parameters import MODEL_PARAMETERS, PROMPT_PARAMETERS
from blindspot.models.description import Local, describe
from blindspot.params import VerifierParams, read
from flows.estimate.judges import judge_calls
from flows.estimate.memory import memory_text
from flows.estimate.parts import parts
from flows.estimate.served import uses
from flows.estimate.show import memory_of, sections_of
from flows.estimate.sizes import count_trained, measure, size_of, trained_parameters
from flows.overrides import STARTED_AFRESH, with_changes, with_recipe
from flows.workspace import PATHS
from tests.models.full_size import MODELS, on_meta

ROOT = Path(__file__).parents[1]
NO_MODEL = "configs/models/none.yaml"
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


def head_of(recipe: Path) -> str:
    lines = recipe.read_text("utf-8").splitlines()
    return " ".join(line.removeprefix("#").strip() for line in lines if line.startswith("#"))


@pytest.mark.parametrize("recipe", RECIPES, ids=lambda path: path.stem)
def test_it_states_machine_time_and_calls(recipe: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    values, head = values_of(recipe), head_of(recipe)
    assert "Machine: " in head and "Time: " in head
    given = sections_of(values, values["prepare"]["source"], values["prepare"]["splits"]["validation"])
    rows, verifier = parts(given), VerifierParams(**values["verifier"])
    said = re.search(r"Calls: ([\d,]+) of the candidate, (?:at most ([\d,]+) of|none of)", head)
    assert said and said[1] == f"{sum(part.calls for part in rows):,}"
    judged = sum(judge_calls(rows, verifier, NO_MODEL).values())
    assert said[2] == (f"{judged:,}" if verifier.kind == "vlm" else None)
    asked = re.search(r"about ([\d,]+) of the questioner", head)
    served = [use.calls for use in uses(values, rows, {}) if use.role == "questioner"]
    assert ([asked[1]] if asked else []) == [f"{calls:,}" for calls in served]


@pytest.mark.parametrize("recipe", RECIPES, ids=lambda path: path.stem)
def test_it_states_the_memory_of_its_local_models(recipe: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    values = values_of(recipe)
    described = [describe(values[section][key]) for section, key in (name.split(".") for name in MODEL_PARAMETERS)]
    local = [one for one in described if isinstance(one, Local)]
    sizes = {one.model: measure(on_meta(one.model), one) if one.model in MODELS else size_of(one) for one in local}
    given = sections_of(values, values["prepare"]["source"], values["prepare"]["splits"]["validation"])
    trained = 0
    if isinstance(given.start, Local):
        hub = given.start.model in MODELS
        trained = (
            count_trained(on_meta(given.start.model), given.start, given.train)
            if hub
            else trained_parameters(given.start, given.train) or 0
        )
    text = memory_text(memory_of(values, given, sizes, trained))
    if any(one.model in MODELS for one in local):
        assert text.removeprefix("memory of each process, at most about: ") in head_of(recipe)
    else:
        assert "Memory of each process" not in head_of(recipe)


@pytest.mark.parametrize("name", MODELS)
def test_sizes_agree_with_the_pages_of_the_models(name: str) -> None:
    assert on_meta(name).num_parameters() / 1e9 == pytest.approx(MODELS[name][0], abs=0.006)
