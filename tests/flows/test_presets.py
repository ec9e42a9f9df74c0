from pathlib import Path

import pytest

from blindspot.params import read
from flows.overrides import with_recipe
from flows.presets import presets, values_of

ROOT = Path(__file__).parents[2]


def test_there_is_one_preset_for_params_yaml_and_one_for_each_recipe(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    first, *others = presets()
    assert (first.name, first.source, first.values) == ("blindspot", "params.yaml", read())
    assert [one.name for one in others] == sorted(path.stem for path in (ROOT / "recipes").glob("*.yaml"))
    for one in others:
        assert one.recipe is not None
        assert one.values == with_recipe(read(), one.recipe) == values_of(one.source)


def test_the_comment_of_a_recipe_is_the_description(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    description = next(one.description for one in presets() if one.name == "one_gpu")
    assert description.startswith("Everything on one GPU of 48 GB: a 3B questioner")
    assert "\n- **Machine:** one GPU of 48 GB. Requires torchvision" in description
    # In code, so that Prefect's page does not take <…> for HTML.
    assert "`blindspot discover -R recipes/one_gpu.yaml -P prepare.folder=<your photographs>`" in description


def test_a_recipe_that_cannot_be_used_is_left_out_with_a_warning(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "params.yaml").write_text((ROOT / "params.yaml").read_text("utf-8"), "utf-8")
    monkeypatch.chdir(tmp_path)
    assert [one.name for one in presets()] == ["blindspot"]  # without a folder of recipes
    (tmp_path / "recipes").mkdir()
    for name, text in {"good": "seed: 3", "wrong": "sed: 3", "blindspot": "seed: 3", "a&b": "seed: 3"}.items():
        (tmp_path / "recipes" / f"{name}.yaml").write_text(text, "utf-8")
    assert [one.name for one in presets()] == ["blindspot", "good"]
    warnings = capsys.readouterr().err.splitlines()
    assert [line.split(" is not deployed: ")[0] for line in warnings] == [
        f"warning: recipes/{name}.yaml" for name in ("a&b", "blindspot", "wrong")
    ]
    assert "sed is unknown, did you mean seed?" in warnings[2]
