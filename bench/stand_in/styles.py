"""Writes the replies of instruct models in their usual styles."""

import json
import random
from collections.abc import Mapping
from typing import Any

_OPENINGS = (
    "Sure! Here is the JSON object:",
    "Here's my response:",
    "Based on the image, here is the result:",
    "Certainly.",
)
_THOUGHTS = (
    "The image shows several colored shapes on a light background. Let me check each of them.",
    "I need to look at the picture carefully. There are circles, squares and other shapes. What do I see?",
    "Let me count first. I should double-check the positions before I reply.",
)
_CLOSINGS = ("This can be verified directly in the image.", "Let me know if you need anything else!")
#: Styles of a JSON object, with the percentage of replies.
JSON_STYLES = {"plain": 50, "indented": 8, "fenced": 20, "opening": 9, "thought": 7, "closing": 6}


def as_json(fields: Mapping[str, Any], rng: random.Random) -> str:
    """Returns the fields as a JSON object, in one of the styles of instruct models."""
    [style] = rng.choices([*JSON_STYLES], [*JSON_STYLES.values()])
    whole = json.dumps(fields, ensure_ascii=False, indent=2 if style == "indented" else None)
    if style == "fenced":
        return f"```json\n{json.dumps(fields, ensure_ascii=False, indent=2)}\n```"
    if style == "opening":
        return f"{rng.choice(_OPENINGS)}\n\n```json\n{whole}\n```"
    if style == "thought":
        return thought(whole, rng)
    return f"{whole}\n\n{rng.choice(_CLOSINGS)}" if style == "closing" else whole


def thought(reply: str, rng: random.Random) -> str:
    """Returns the reply after a thought."""
    return f"<think>\n{rng.choice(_THOUGHTS)}\n</think>\n\n{reply}"
