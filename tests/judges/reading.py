"""What stands as data in a judge's prompt."""

import json
import re

_LINE = re.compile(r"^(QUESTION|REFERENCE|ANSWER) = (\".*\")$", re.MULTILINE)


def data_of(prompt: str) -> dict[str, str]:
    """The data by name, read back: whatever it was, nothing of it stands outside these lines."""
    return {name.lower(): str(json.loads(text)) for name, text in _LINE.findall(prompt)}
