"""The error messages that the page Troubleshooting lists."""

import re
from functools import cache
from itertools import pairwise

from flows.reference.hook import troubleshooting_page
from flows.reference.messages import GAP

FEWEST = 6  # letters that a row must have apart from its gaps; with fewer it would fit any message


def is_documented(line: str) -> bool:
    """Returns whether a row of the page fits an error line."""
    return any(pattern.search(line) for pattern in patterns())


@cache
def patterns() -> list[re.Pattern[str]]:
    """Returns a pattern for each row, of its message, or of message and fix where the message is short."""
    lines = troubleshooting_page().splitlines()
    heads = {line for line, below in pairwise(lines) if below.startswith("|---")}
    rows = [[*map(_unescaped, line.split(" | "))] for line in lines if " | " in line and line not in heads]
    found = []
    for problem, fix in (row for row in rows if len(row) == 2):
        text = problem if _letters(problem) >= FEWEST else f"{problem}: {fix}"
        if _letters(text) >= FEWEST:
            found.append(re.compile(".*".join(map(re.escape, text.split(GAP)))))
    return found


def _unescaped(cell: str) -> str:
    return re.sub(r"\\(.)", r"\1", cell.strip("| "))


def _letters(text: str) -> int:
    return sum(map(str.isalpha, text))
