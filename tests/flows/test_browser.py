"""The pages of `make ui` in a real browser: the user can use them, and a page of another site cannot."""

import http.server
import json
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from blindspot.params import read
from flows.overrides import with_changes
from flows.summary import links
from tests.flows.browser import Page, browser
from tests.flows.served import Up, ui
from tests.flows.toy import RECORD, ROOT, make_toy, run

pytestmark = [pytest.mark.slow, pytest.mark.browser]
REBOUND = "rebound.example"  # a name of the attacker that resolves to this machine

# Runs in the attacker's page. Returns, for each attempt, what the page can read.
ATTACK = """
(async ([api, deployment, mark]) => {
  const json = {"Content-Type": "application/json"};
  const shell = {"prefect.deployments.steps.run_shell_script": {script: "touch " + mark}};
  const steps = JSON.stringify({pull_steps: [shell]});
  const run = `/deployments/${deployment}/create_flow_run`;
  const attempts = {
    read: ["/deployments/" + deployment, {}],
    read_settings: ["/admin/settings", {}],
    token: ["/csrf-token?client=evil", {}],
    change: ["/deployments/" + deployment, {method: "PATCH", headers: json, body: steps}],
    start: [run, {method: "POST", headers: json, body: "{}"}],
    start_unread: [run, {method: "POST", mode: "no-cors", body: "{}"}],
    clear_unread: ["/admin/database/clear", {method: "POST", mode: "no-cors", body: '{"confirm": true}'}],
  };
  const seen = {};
  for (const [name, [path, options]] of Object.entries(attempts)) {
    try {
      const answer = await fetch(api + path, options);
      seen[name] = answer.type === "opaque" ? "opaque" : String(answer.status);
    } catch (error) {
      seen[name] = "refused";
    }
  }
  seen.socket = await new Promise(resolve => {
    const socket = new WebSocket(api.replace("http", "ws") + "/events/in", "prefect");
    socket.onopen = () => resolve("open");
    socket.onerror = () => resolve("refused");
  });
  return seen;
})
"""


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    """A tab in which the attacker's name already resolves to this machine, as after DNS rebinding."""
    folder = tmp_path_factory.mktemp("browser") / "profile"
    with browser(folder, f"--host-resolver-rules=MAP {REBOUND} 127.0.0.1") as opened:
        yield opened


@pytest.fixture(scope="module")
def elsewhere() -> Iterator[str]:
    """The attacker's site: another origin on this machine."""

    class Empty(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.wfile.write(b"<h1>a page of another site</h1>")

        def log_message(self, *_: object) -> None:
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Empty) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def attack(page: Page, pages: Up) -> dict[str, str]:
    """Attacks Prefect's server from the open page. Returns, for each attempt, what the page can read."""
    arguments = [pages.server.api, pages.server.deployment()["id"], str(pages.toy / "ran")]
    seen: dict[str, str] = page.run(f"{ATTACK}({json.dumps(arguments)})")
    return seen


def state(pages: Up) -> tuple[Any, ...]:
    """Returns everything that the attack tries to change."""
    found = pages.server.deployment()
    kept = [found[name] for name in ("pull_steps", "entrypoint", "parameters", "path", "schedules")]
    return *kept, [run["id"] for run in pages.server.runs()], (pages.toy / "ran").exists()


def test_the_user_signs_in_with_the_secret_and_sees_the_deployment(page: Page, pages: Up, tmp_path: Path) -> None:
    page.open(pages.server.address)
    page.sign_in(pages.server.secret)
    page.wait_for("Event Feed")  # in the menu, which only signed-in users see
    page.open(f"{pages.server.address}/v2/deployments")
    text = page.wait_for("blindspot")
    assert "1 Deployment" in text and "Ready" in text
    # The server stores events in batches.
    assert "blindspot" in page.open_until(f"{pages.server.address}/v2/events", "prefect.deployment")


def test_a_signed_in_page_can_write_and_receive_events(page: Page, pages: Up) -> None:
    """The pages send the secret, and a CSRF token with each change."""
    page.open(f"{pages.server.address}/v2/deployments")
    page.wait_for("blindspot")
    response = page.run(f"""
      new Promise(resolve => {{
        const socket = new WebSocket("{pages.server.api.replace("http", "ws")}/events/out", "prefect");
        socket.onopen = () => socket.send(JSON.stringify({{
          type: "auth", token: atob(localStorage.getItem("prefect-password").replaceAll('"', ""))}}));
        socket.onmessage = message => resolve(JSON.parse(message.data).type);
        socket.onclose = closed => resolve(String(closed.code));
      }})""")
    assert response == "auth_success"
    deployment = pages.server.deployment()["id"]
    page.open(f"{pages.server.address}/v2/deployments/deployment/{deployment}")
    page.wait_for("Schedules")
    switch = "document.querySelector('button[role=switch]')"
    page.wait_until(switch)
    page.run(f"{switch}.click()")
    page.wait_until(f"{switch}.ariaChecked === 'true' || {switch}.dataset.state === 'checked'")
    assert [one["active"] for one in pages.server.deployment()["schedules"]] == [True]
    page.run(f"{switch}.click()")
    page.wait_until(f"{switch}.ariaChecked === 'false' || {switch}.dataset.state === 'unchecked'")
    assert [one["active"] for one in pages.server.deployment()["schedules"]] == [False]


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


def test_a_run_from_the_form_has_the_changed_value_only(page: Page, tmp_path: Path) -> None:
    with ui(make_toy(tmp_path / "toy")) as opened:
        server, deployment = opened.server, opened.server.deployment()["id"]
        page.open(server.address)
        page.sign_in(server.secret)
        page.wait_for("Event Feed")
        page.open(f"{server.address}/v2/deployments/deployment/{deployment}/run")
        text = page.wait_for("How much the report shows")
        assert "bootstrap" not in text and "learning_rate" not in text  # hidden, and folded
        choose(page, ["train"], "change")
        assert "Learning rate of AdamW" in page.wait_for("learning_rate")
        fill(page, ["train", "steps"], "-7")
        submit = "[...document.querySelectorAll('button')].find(one => one.textContent === 'Submit')"
        page.run(f"{submit}.click()")
        refused = "document.querySelector('input:invalid').validationMessage"
        assert page.run(refused) == "Value must be greater than or equal to 0."
        fill(page, ["train", "steps"], "7")
        choose(page, ["prepare"], "change")
        choose(page, ["prepare", "source"], "your own class")
        fill(page, ["prepare", "source"], "extensions.mine.Mine")
        choose(page, ["seed"], "change")
        choose(page, ["seed"], "unchanged")
        page.run(f"{submit}.click()")
        page.wait_until("!location.pathname.endsWith('/run')")
        [made] = [one for one in server.runs() if one["deployment_id"] == deployment]
        changes, values = made["parameters"]["params"], read(ROOT / "params.yaml")
        folded = ("weights", "lora", "vllm")
        assert changes["train"] == {key: values["train"][key] for key in values["train"] if key not in folded} | {
            "steps": 7
        }
        assert changes["prepare"]["source"] == "extensions.mine.Mine" and changes["seed"] == {}
        assert {*changes} == {"train", "prepare", "seed"}
        assert server.ended(made["id"]) == "COMPLETED"
        [clone] = (opened.toy / ".work" / "runs").iterdir()
        wanted = with_changes(values, ["train.steps=7", "prepare.source=extensions.mine.Mine"])
        assert read(clone / "params.yaml") == wanted


def test_a_page_of_another_site_can_neither_read_nor_change_anything(page: Page, pages: Up, elsewhere: str) -> None:
    page.open(elsewhere)
    page.wait_for("a page of another site")
    before = state(pages)
    seen = attack(page, pages)
    assert {name: what for name, what in seen.items() if not name.endswith("_unread")} == dict.fromkeys(
        ("read", "read_settings", "token", "change", "start", "socket"), "refused"
    )
    assert state(pages) == before


def test_another_name_of_this_machine_is_refused(page: Page, pages: Up) -> None:
    port = pages.server.address.rpartition(":")[2]
    page.open(f"http://{REBOUND}:{port}/v2/deployments")
    page.wait_for("Invalid host header")
    here = f"http://{REBOUND}:{port}"
    before = state(pages)
    arguments = json.dumps([f"{here}/api", pages.server.deployment()["id"], str(pages.toy / "ran")])
    seen = page.run(f"{ATTACK}({arguments})")
    assert {what for name, what in seen.items() if name != "socket"} == {"400"}
    assert seen["socket"] == "refused"
    assert page.run("fetch('/api/health').then(answer => answer.status)") == 400
    assert state(pages) == before


def test_the_links_to_mlflow_open_the_runs_and_the_questioner(page: Page, pages: Up) -> None:
    run(pages.toy, sys.executable, "-c", RECORD)
    _, runs, questioner, _ = links(pages.toy, pages.toy / ".work", "abc")
    page.open(runs.address)
    assert "train" in page.wait_for("Run Name")
    page.open(questioner.address)
    page.wait_for("Version 1")
