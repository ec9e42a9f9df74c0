"""Runs a bench: `python -m flows.bench search`, or `taxonomy`; `make bench-search` and `make bench-taxonomy` do.

What is done is left alone, so that a broken run goes on.
"""

import argparse
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from blindspot.errors import BlindspotError, run
from flows.environment import apply
from flows.process_group import process_group
from flows.secret import without

FOLDER = Path("bench")  # a DVC project of its own
#: of each bench the pipeline, and where its results are
BENCHES = {
    "search": ("dvc.yaml", "figures: bench/metrics/search.json, page: bench/data/search.html"),
    "taxonomy": ("taxonomy/dvc.yaml", "figures: bench/metrics/taxonomy.json"),
}
DVC = [sys.executable, "-P", "-m", "dvc"]  # -P: no module of the bench takes the place of one that DVC imports
AT_ONCE = 2  # runs, of which each takes one core
IN_A_ROW = 6  # stages that one DVC runs: so few that no core waits long for the other at the end
ONE_CORE = {"OMP_NUM_THREADS": "1", "TQDM_DISABLE": "1"}


def main() -> None:
    """Runs every stage of the bench that is not done yet: first the truth, last the summary."""
    parser = argparse.ArgumentParser(prog="python -m flows.bench", description=__doc__)
    parser.add_argument("bench", choices=[*BENCHES])
    pipeline, where = BENCHES[parser.parse_args().bench]
    apply()
    os.chdir(FOLDER)
    targets = stages(pipeline)
    first, last = [target for target in targets if "_truth@" in target], targets[-1]
    at_once(first)
    at_once([target for target in targets if target not in (*first, last)])
    reproduce([last])
    print(f"\n{where}")


def stages(pipeline: str) -> list[str]:
    """Every stage of a bench, in order. Raises BlindspotError where its files cannot be read."""
    command = [*DVC, "stage", "list", "--name-only", pipeline]
    done = subprocess.run(command, env=without(os.environ), capture_output=True, text=True, check=False)
    if done.returncode:
        raise BlindspotError(f"{pipeline} cannot be read", " ".join(done.stderr.split()))
    return done.stdout.split()


def at_once(targets: list[str]) -> None:
    """Reproduces targets of which none needs another."""
    rows = [targets[start : start + IN_A_ROW] for start in range(0, len(targets), IN_A_ROW)]
    with ThreadPoolExecutor(AT_ONCE) as pool:
        list(pool.map(reproduce, rows))


def reproduce(targets: list[str]) -> None:
    """Runs `dvc repro` on them, one after another. Raises BlindspotError where one fails."""
    if not targets:
        return
    command = [*DVC, "--wait-for-lock", "repro", "--single-item", *targets]
    with process_group(command, env=ONE_CORE) as process:
        if process.wait():
            raise BlindspotError("a run failed", "see the lines above; the same command goes on from there")


if __name__ == "__main__":
    run(main)
