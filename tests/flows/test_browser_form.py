"""The form of a deployment in a real browser: what a person sees, and the run that it starts."""

import json
from pathlib import Path
from typing import Any

import pytest

from blindspot.params import read
from flows.overrides import with_changes
from tests.flows.browser import Page, browser
from tests.flows.served import Server, ui
from tests.flows.toy import ROOT, make_toy

pytestmark = [pytest.mark.slow, pytest.mark.browser]
SUBMIT = "[...document.querySelectorAll('button')].find(one => one.textContent === 'Submit').click()"

# Finds a field of the form by its path, such as ["train", "steps"].
FIELD = """
(path => path.reduce((block, name) => {
  const label = [...block.querySelectorAll("label")].find(one => one.textContent === name);
  return label.closest(".group");
}, document.body))
"""


def choose(page: Page, path: list[str], tab: str) -> None:
    """Opens a tab of a field."""
    found = f"[...{FIELD}({json.dumps(path)}).querySelectorAll('[role=tab]')].find(one => one.textContent === '{tab}')"
    page.run(f"{found}.dispatchEvent(new MouseEvent('mousedown', {{bubbles: true, button: 0}}))")
    page.wait_until(f"{found}.getAttribute('aria-selected') === 'true'")


def fill(page: Page, path: list[str], text: str) -> None:
    """Replaces the text of a field."""
    page.run(f"{FIELD}({json.dumps(path)}).querySelector('input, textarea').select()")
    page.call("Input.insertText", text=text)


def use(page: Page, server: Server) -> None:
    """Signs in, changes train.steps, first to a wrong value, and prepare.source, and starts the run."""
    page.open(server.address)
    page.sign_in(server.secret)
    page.wait_for("Event Feed")
    page.open(f"{server.address}/v2/deployments/deployment/{server.deployment()['id']}/run")
    text = page.wait_for("How much the report shows")
    assert "bootstrap" not in text and "learning_rate" not in text  # hidden, and folded
    choose(page, ["train"], "change")
    assert "Learning rate of AdamW" in page.wait_for("learning_rate")
    fill(page, ["train", "steps"], "-7")
    page.run(SUBMIT)
    refused = page.run("document.querySelector('input:invalid').validationMessage")
    assert refused == "Value must be greater than or equal to 0."
    fill(page, ["train", "steps"], "7")
    choose(page, ["prepare"], "change")
    choose(page, ["prepare", "source"], "your own class")
    fill(page, ["prepare", "source"], "extensions.mine.Mine")
    choose(page, ["seed"], "change")
    choose(page, ["seed"], "unchanged")
    page.run(SUBMIT)
    page.wait_until("!location.pathname.endsWith('/run')")


def test_a_run_from_the_form_has_the_changed_values_and_no_others(tmp_path: Path) -> None:
    with ui(make_toy(tmp_path / "toy")) as opened:
        with browser(tmp_path / "profile") as page:
            use(page, opened.server)
        [made] = [one for one in opened.server.runs() if one["deployment_id"]]
        changes: dict[str, Any] = made["parameters"]["params"]
        values = read(ROOT / "params.yaml")
        train = {key: value for key, value in values["train"].items() if key not in ("weights", "lora", "vllm")}
        assert {*changes} == {"train", "prepare", "seed"}
        assert changes["train"] == train | {"steps": 7}
        assert changes["prepare"]["source"] == "extensions.mine.Mine" and changes["seed"] == {}
        assert opened.server.ended(made["id"]) == "COMPLETED"
        [clone] = (opened.toy / ".work" / "runs").iterdir()
        wanted = with_changes(values, ["train.steps=7", "prepare.source=extensions.mine.Mine"])
        assert read(clone / "params.yaml") == wanted
