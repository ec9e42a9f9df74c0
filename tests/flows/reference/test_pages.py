"""The generated pages of the documentation site leave nothing out."""

import ast
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.main import get_command

from blindspot.cli import app
from flows.reference.commands import commands_page
from flows.reference.hook import site_links
from flows.reference.messages import all_messages
from flows.reference.parameters import parameters_page
from tests.project import REPOSITORY

PACKAGES = ("blindspot", "stages", "flows", "lab")
VARIABLE = re.compile(r"[A-Z][A-Z0-9]*_[A-Z0-9_]+")
#: Constants in capitals with an underscore that are no variables of the environment.
NO_VARIABLES = {"CAUSAL_LM"}


def leaves(schema: dict[str, Any], definitions: dict[str, Any], prefix: str = "") -> Iterator[tuple[str, str]]:
    """Yields the full name and the description of each parameter in the schema of params.yaml."""
    for name, value in schema["properties"].items():
        inner = definitions[value["$ref"].rsplit("/", 1)[1]] if "$ref" in value else value
        if "properties" in inner:
            yield from leaves(inner, definitions, f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}", inner["description"]


def test_every_parameter_has_a_row_with_its_description() -> None:
    schema = json.loads((REPOSITORY / "blindspot/params.schema.json").read_text("utf-8"))
    page, found = parameters_page(), [*leaves(schema, schema["$defs"])]
    assert len(found) > 100
    for name, description in found:
        assert re.search(rf"^\| `{re.escape(name)}` \|.*{re.escape(description)} \|$", page, re.M), name


def test_the_page_has_ranges_choices_and_both_values_of_a_parameter() -> None:
    page = parameters_page()
    assert "| `modes.threshold` | `0.25` | `0.25` | > 0, < 1 |" in page
    assert re.search(r"^\| `verifier.unparsed` \| `invalid` \| `\w+` \| `invalid`, `unscored` \|", page, re.M)
    assert "| `candidate.model` | `models/scenes-candidate` | required |" in page
    assert "| `verifier.kind` | `oracle` | required | `oracle`, `vlm`, `reference`, or your own class |" in page


def test_every_command_has_its_help() -> None:
    page = commands_page()
    names = get_command(app).commands  # type: ignore[attr-defined]
    assert "discover" in names
    for name in names:
        assert re.search(rf"^## blindspot {name}\n\n```text\nusage: blindspot {name}", page, re.M | re.I), name


def variables() -> set[str]:
    """Returns the names of variables of the environment in the source: constants with capitals and an underscore."""
    found = set[str]()
    for package in PACKAGES:
        for path in (REPOSITORY / package).rglob("*.py"):
            text = path.read_text("utf-8")
            if "environ" in text or "getenv" in text or "env=" in text:
                constants = [node.value for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Constant)]
                found |= {one for one in constants if isinstance(one, str) and VARIABLE.fullmatch(one)}
    return found - NO_VARIABLES


def test_every_variable_of_the_environment_is_explained() -> None:
    page = (REPOSITORY / "docs/reference/environment.md").read_text("utf-8")
    assert len(variables()) > 20
    assert sorted(name for name in variables() if f"`{name}`" not in page) == []


def test_messages_have_the_text_of_the_source_with_gaps() -> None:
    messages = {(one.topic, one.problem, one.fix) for one in all_messages()}
    assert ("Evaluation logs", "--wrong-below is …", "give a number, such as 0.5") in messages
    assert ("Models and servers", "max_calls, …, is reached", "raise max_calls in the endpoint file") in messages
    named = "name the folder that `blindspot analyze` wrote, or its failure_modes.json"  # assigned to a name
    assert ("Search", "explore.targets: … does not exist", named) in messages


@pytest.mark.parametrize(
    ("source", "text", "expected"),
    [
        ("run.md", "[modes.md](modes.md#files)", "[Failure modes](modes.md#files)"),
        ("start/own_log.md", "[Logs](../logs.md)", "[Logs](../logs.md)"),
        ("development.md", "[x](../CONTRIBUTING.md)", "[x](CONTRIBUTING.md)"),
        ("CONTRIBUTING.md", "[docs/log.md](docs/log.md)", "[Log of experiments](log.md)"),
        ("CONTRIBUTING.md", "[protocols](blindspot/protocols.py)", "protocols"),
        ("run.md", "![a](images/a.webp) [b](https://example.org)", "![a](images/a.webp) [b](https://example.org)"),
        ("run.md", "[gone](gone.py)", "[gone](gone.py)"),
    ],
)
def test_links_lead_to_pages_of_the_site(source: str, text: str, expected: str) -> None:
    assert site_links(text, source) == expected


def test_every_page_is_in_the_navigation() -> None:
    names = {path.relative_to(REPOSITORY / "docs").as_posix() for path in (REPOSITORY / "docs").rglob("*.md")}
    navigation = Path(REPOSITORY / "mkdocs.yml").read_text("utf-8")
    assert len(names) > 30 and sorted(name for name in names if name not in navigation) == []
