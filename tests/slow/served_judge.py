"""The replies of a served candidate and judge."""

import json

from blindspot.judges.vlm import CRITERIA
from tests.judges.reading import data_of


def judged(prompt: str) -> str:
    """Replies as a judge to whom every question without a star is valid, and every answer "yes" correct."""
    data = data_of(prompt)
    if not data:
        return "yes" if "red" in prompt else "no"  # the candidate
    if "answer" in data:
        return json.dumps({"reasoning": "", "same": data["answer"] == "yes"})
    fine = "star" not in data["question"]
    return json.dumps({"reasoning": "", **dict.fromkeys(CRITERIA, fine), "reference": "yes"})
