"""Styles of questioners' replies, as tables of replies with what must be read from them."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from blindspot.questioner.reading import AskedQuestion, NoQuestion, read_question

FOLDER = Path(__file__).parent / "reply_styles"
STYLES: list[tuple[str, dict[str, Any]]] = [
    (f"{path.stem} {number}", style)
    for path in sorted(FOLDER.glob("*.yaml"))
    for number, style in enumerate(yaml.safe_load(path.read_text("utf-8")), 1)
]


@pytest.mark.parametrize("style", [style for _, style in STYLES], ids=[name for name, _ in STYLES])
def test_one_clean_question_or_the_reason_why_there_is_none(style: dict[str, Any]) -> None:
    reason = NoQuestion(style["reason"]) if "reason" in style else None
    expected = AskedQuestion(style.get("question", ""), style.get("answer"), reason)
    assert read_question(style["reply"], style["form"]) == expected


@pytest.mark.parametrize("form", ["text", "tags", "json"])
def test_no_form_passes_on_an_answer(form: Any) -> None:
    """The form that the prompt asked for does not decide what is cut off."""
    for name, style in STYLES:
        assert read_question(style["reply"], form).question == style.get("question", ""), name
