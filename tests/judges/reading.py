"""Reads the data in a judge's prompt."""

import json
import re

_LINE = re.compile(r"^(QUESTION|REFERENCE|ANSWER) = (\".*\")$", re.MULTILINE)


def data_of(prompt: str) -> dict[str, str]:
    """Returns the data by name."""
    return {name.lower(): str(json.loads(text)) for name, text in _LINE.findall(prompt)}
