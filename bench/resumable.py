"""Measures seed after seed, and appends a line of JSON for each to a file, so that the same command resumes."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any


def measure_seeds(first: int, count: int, out: Path, measure: Callable[[int], dict[str, Any]]) -> None:
    """Prints and appends to `out` what `measure` returns for each seed; skips seeds that are in the file.

    The result of a seed has the key `seed`.
    """
    out.parent.mkdir(parents=True, exist_ok=True)
    known = {json.loads(line)["seed"] for line in out.read_text("utf-8").splitlines()} if out.is_file() else set()
    for seed in range(first, first + count):
        if seed not in known:
            line = json.dumps(measure(seed))
            with out.open("a", encoding="utf-8") as file:
                file.write(line + "\n")
            print(line, flush=True)
