"""Runs the pipeline with served models under random budgets: `python -m tests.slow.random_budgets --budgets 20`.

The servers count the calls and tokens. Every run ends with a report, or with one line that names the limit that is too
small. No limit is exceeded, by what the servers counted, by more than the calls in flight. The page Provenance agrees
with the servers.
"""

import argparse
import os
import random
import re
import subprocess
import sys
import tempfile
from contextlib import ExitStack
from html import unescape
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from blindspot.models.endpoint import PROBE
from tests.judges.reading import data_of
from tests.models.fake_server import serving
from tests.project import environment
from tests.slow.kills import STAGES, make_small
from tests.spending import CONCURRENCY, PRICES, ROLES, Counting

#: The lowest and the highest random value of each limit: from one that is refused to more than is needed.
RANGES = {
    "candidate_calls": (100, 200),
    "judge_calls": (100, 200),
    "questioner_calls": (100, 400),
    "tokens": (25_000, 260_000),
    "usd": (0.05, 0.75),
    "seconds": (50, 90),
}
SMALL: dict[str, dict[str, Any]] = {
    "prepare": {"splits": {"train": 40, "validation": 4, "test": 40}},
    "explore": {"calls": 60, "at_least": 60},
    "harvest": {"calls": 40, "quota": 20, "base": "base.yaml"},
    "candidate": {"model": "candidate.yaml"},
    "train": {"base_model": "questioner.yaml", "steps": 0},
    "launch": {"threads": 1},
}
WEAK = "star"  # the candidate's answers to questions with this word are wrong: a failure mode with a quota
DELAY = 0.4  # s of a reply under a limit of time
#: All stages in one process, which imports the libraries once.
ALL = """
import importlib, sys
from blindspot.errors import run
for name in sys.argv[1:]:
    run(importlib.import_module(f"stages.{name}").main, takes_arguments=True)
"""
ROWS = re.compile(r'<tr><th scope="row">(.*?)</th>(.*?)</tr>')
CELLS = re.compile(r"<td>(.*?)</td>")


class Outcome(NamedTuple):
    """How a run ended: its exit code, what it printed, and its page Provenance, empty if there is none."""

    code: int
    printed: str
    errors: str
    page: str


def random_limits(seed: int) -> dict[str, float]:
    """Returns one to three limits."""
    dice = random.Random(f"budget {seed}")
    names = dice.sample(sorted(RANGES), dice.randint(1, 3))
    limits = {name: dice.uniform(*RANGES[name]) for name in names}
    return {name: round(limit, 3) if name == "usd" else int(limit) for name, limit in limits.items()}


def run_pipeline(folder: Path, limits: dict[str, float], models: dict[str, Counting]) -> Outcome:
    """Runs every stage, in one process that imports the libraries once."""
    verifier = {"kind": "vlm", "model": "judge.yaml", "max_new_tokens": 64}
    project = make_small(folder / "project", **SMALL, budget=limits, verifier=verifier)
    for name, role in {"base": "questioner", **dict(zip(ROLES, ROLES, strict=True))}.items():
        values = {"kind": "endpoint", "base_url": models[role].url, "model": name, "concurrency": CONCURRENCY}
        values |= dict(zip(("input_price", "output_price"), PRICES[role], strict=True))
        (project / f"{name}.yaml").write_text(yaml.safe_dump(values), "utf-8")
    command = [sys.executable, "-c", ALL, "budget", *STAGES]
    done = subprocess.run(command, cwd=project, env=environment(project), capture_output=True, text=True, check=False)
    page = project / "reports" / "provenance.html"
    return Outcome(done.returncode, done.stdout, done.stderr, page.read_text("utf-8") if page.is_file() else "")


def counted(models: dict[str, Counting]) -> dict[str, float]:
    """Returns what the servers counted, by limit, without test questions. `seconds`: from the first call to the last.

    A rollout is judged by a first call about its question, and a second one about its answer.
    """
    times = [time for model in models.values() for time in model.times]
    asked = {role: [prompt for prompt in model.questions if prompt != PROBE] for role, model in models.items()}
    return {
        "candidate_calls": len(asked["candidate"]),
        "judge_calls": sum("answer" not in data_of(prompt) for prompt in asked["judge"]),
        "questioner_calls": len(asked["questioner"]),
        "tokens": sum(sum(model.tokens(probes=False)) for model in models.values()),
        "usd": sum(model.usd(probes=False) for model in models.values()),
        "seconds": max(times) - min(times) if times else 0.0,
    }


def in_flight(models: dict[str, Counting]) -> dict[str, float]:
    """Returns the most that the calls in flight can take of each limit; none of a limit of calls."""
    usages = [(role, given, written) for role, model in models.items() for _, given, written in model.usages]
    tokens = max((given + written for _, given, written in usages), default=0)
    usd = (
        max((given * PRICES[role][0] + written * PRICES[role][1] for role, given, written in usages), default=0) / 1e6
    )
    return {"tokens": CONCURRENCY * tokens, "usd": CONCURRENCY * usd, "seconds": 2 * DELAY}


def figures(page: str) -> dict[str, list[str]]:
    """Returns the cells of each row of the page Provenance, by its first cell; of several, those of the first."""
    rows = reversed(ROWS.findall(page))
    return {unescape(name): [unescape(cell) for cell in CELLS.findall(cells)] for name, cells in rows}


def number(text: str) -> float:
    """Returns the first number in a text."""
    found = re.search(r"[\d,]+(?:\.\d+)?", text)
    assert found, text
    return float(found[0].replace(",", ""))


def attempt(seed: int, folder: Path, limits: dict[str, float] | None = None) -> str:
    """Runs the pipeline under a random budget. Returns a line about it; fails if a limit was exceeded."""
    limits = random_limits(seed) if limits is None else limits
    with ExitStack() as stack:
        delay = DELAY if "seconds" in limits else 0.0
        models = {role: stack.enter_context(serving(Counting(role, delay, WEAK))) for role in ROLES}
        outcome = run_pipeline(folder, limits, models)
    found, over = counted(models), in_flight(models)
    for name, limit in limits.items():
        assert found[name] <= limit + over.get(name, 0), (seed, name, limits, found)
    spent = ", ".join(f"{name} {found[name]:,.3g} of {limit:,.6g}" for name, limit in limits.items())
    return f"budget {seed}: {spent}: {ended(outcome, limits, found, models)}"


def ended(outcome: Outcome, limits: dict[str, float], found: dict[str, float], models: dict[str, Counting]) -> str:
    """Returns how a run ended. Fails if it has neither a report nor one line with the limit that is too small."""
    if outcome.code:
        lines = [line for line in outcome.errors.splitlines() if "error: " in line]
        assert len(lines) == 1 and "Traceback" not in outcome.errors, outcome.errors
        assert any(f"budget.{name}" in lines[0] for name in limits), lines[0]
        return lines[0]
    rows = figures(outcome.page)
    for name, limit in limits.items():
        spent, left = map(number, rows[name][:2])
        digits = 0.005 if name == "usd" else 0.5
        assert abs(left - max(0.0, limit - spent)) <= 2 * digits, (name, rows[name])
        if name != "seconds":
            assert abs(spent - found[name]) <= digits, (name, rows[name], found)
    cuts = re.findall(r"<b>budget\.(\w+) .*?</b> ended the stage (\w+)", outcome.page)
    probes = sum(model.questions.count(PROBE) for model in models.values())
    return f"report; {', '.join(f'{stage} ended by {name}' for name, stage in cuts) or 'complete'}; {probes} probes"


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.slow.random_budgets", description=__doc__)
    parser.add_argument("--budgets", type=int, default=20)
    parser.add_argument("--first", type=int, default=0, help="the first seed")
    given = parser.parse_args()
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    for seed in range(given.first, given.first + given.budgets):
        with tempfile.TemporaryDirectory() as folder:
            print(attempt(seed, Path(folder)), flush=True)


if __name__ == "__main__":
    main()
