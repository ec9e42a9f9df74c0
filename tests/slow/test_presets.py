"""The deployments of recipes, with a real Prefect server."""

import json
from pathlib import Path

import pytest

from tests.flows.served import ui
from tests.flows.toy import make_toy

pytestmark = pytest.mark.slow
TUESDAYS = "30 5 * * 2"


def test_each_recipe_is_a_deployment_whose_schedules_survive_a_restart(tmp_path: Path) -> None:
    toy, name = make_toy(tmp_path / "toy"), "discover/short"
    (toy / "recipes").mkdir()
    (toy / "recipes" / "short.yaml").write_text("base: params.yaml\ntrain: {steps: 5}", "utf-8")
    with ui(toy) as pages:
        server = pages.server
        deployment = server.deployment(name, scheduled=False)
        assert deployment["schedules"] == []
        for changes, asked in ((), (5, 0)), ((("train", {"steps": 7}), ("seed", 3)), (7, 3)):
            started_run = server.start(deployment, {"verify": {}, **dict(changes)})
            assert server.ended(started_run) == "COMPLETED"
            clone = toy / ".work" / "runs" / started_run.replace("-", "")[:12]
            found = json.loads((clone / "metrics" / "verify.json").read_text("utf-8"))
            assert (found["trained"]["asked"], found["seed"]["asked"]) == asked
            assert (
                server.call("GET", f"/flow_runs/{started_run}")["name"] == f"short, seed {asked[1]}, {asked[0]} steps"
            )
        wrong = server.start(deployment, {"train": {"steps": -1}})
        assert server.ended(wrong) == "FAILED"
        message = server.call("GET", f"/flow_runs/{wrong}")["state"]["message"]
        assert message.startswith(
            "the parameters: train.steps: -1 is less than the minimum of 0: change it in the form"
        )
        schedule = [{"schedule": {"cron": TUESDAYS}, "active": False}]
        server.call("POST", f"/deployments/{deployment['id']}/schedules", schedule)
    with ui(toy) as pages:
        kept = pages.server.deployment(name)["schedules"]
        assert [(one["schedule"]["cron"], one["active"]) for one in kept] == [(TUESDAYS, False)]
