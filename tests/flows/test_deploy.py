from pathlib import Path

import pytest

from flows.deploy import deployment
from flows.form import form, parameters
from flows.presets import presets

ROOT = Path(__file__).parents[2]


def test_a_deployment_has_the_form_and_the_recipe_of_its_preset(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    found = {one.name: one for one in presets()}
    for name, recipe in (("blindspot", None), ("one_gpu", "recipes/one_gpu.yaml")):
        made = deployment(found[name])
        assert made.full_name == f"discover/{name}" and made.entrypoint == "flows.pipeline.deployed"
        assert made.parameters == {"params": {}, "recipe": recipe}
        assert parameters(made.parameters["params"], made.parameters["recipe"]) == found[name].values
        sent = made._parameter_openapi_schema.model_dump(exclude_unset=True)  # what Prefect sends to the server
        assert sent["properties"] == {"params": form(found[name])}
        assert "schedules" not in made.model_fields_set  # Prefect keeps those of the server
