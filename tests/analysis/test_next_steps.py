"""Tests what the pages of an analysis say to do next."""

import re
from pathlib import Path

import pandas as pd

import blindspot
from tests.analysis.made_logs import FLAT, PLANTED, drawn

COMMAND = re.compile(r'<code class="command">([^<]+)</code>')


def commands(log: pd.DataFrame, folder: Path) -> list[str]:
    """The commands on the first page of the analysis of a log."""
    return COMMAND.findall(blindspot.analyze(log).write(folder).read_text("utf-8"))


def test_modes_can_be_asked_about_and_models_compared(tmp_path: Path) -> None:
    assert commands(drawn(PLANTED), tmp_path / "modes") == [
        "blindspot discover -R recipes/api_only.yaml -P explore.targets=ANALYSIS",
        "blindspot diff ANALYSIS OTHER",
    ]
    assert commands(drawn(FLAT), tmp_path / "none") == ["blindspot diff ANALYSIS OTHER"]


def test_unclear_answers_can_be_graded(tmp_path: Path) -> None:
    answers = ["The large star is a large blue circle.", "Blue.", "Green."]
    log = pd.DataFrame({"question": "What colour is the star?", "reference": "blue", "answer": answers * 10})
    assert commands(log, tmp_path / "unclear")[0] == "--judge judge.yaml"
    assert "--judge" not in "".join(commands(log[log["answer"] != answers[0]], tmp_path / "clear"))


def test_several_models_are_compared_on_their_own_page(tmp_path: Path) -> None:
    log = pd.concat([drawn(PLANTED).assign(model="one"), drawn(PLANTED).assign(model="other two")])
    assert commands(log, tmp_path / "all") == ["blindspot diff ANALYSIS/one ANALYSIS/other-two"]
    page = (tmp_path / "all" / "other-two" / "reports" / "index.html").read_text("utf-8")
    assert COMMAND.findall(page) == [
        "blindspot discover -R recipes/api_only.yaml -P explore.targets=ANALYSIS/other-two"
    ]
