"""Measures the search and its rivals: `python -m flows.search`, or `make bench-search`.

Searches that are done are left alone, so that a broken run goes on.
"""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

from blindspot.errors import BlindspotError, run
from flows.environment import apply
from flows.leash import leashed

PIPELINE = "bench/dvc.yaml"
FIRST, LAST = f"{PIPELINE}:search_truth@", f"{PIPELINE}:search_summary"
AT_ONCE = 2  # searches, of which each takes one core
ONE_CORE = {"OMP_NUM_THREADS": "1", "TQDM_DISABLE": "1"}


def main() -> None:
    """Runs every search that is not done yet, then sums up."""
    apply()
    targets = stages()
    first = [target for target in targets if target.startswith(FIRST)]
    at_once(first)
    at_once([target for target in targets if target not in (*first, LAST)])
    reproduce([LAST])
    print("\nmetrics/search.json has the figures, data/search.html shows them")


def stages() -> list[str]:
    """Every stage of the bench, in order. Raises BlindspotError where its files cannot be read."""
    command = [sys.executable, "-m", "dvc", "stage", "list", "--name-only", PIPELINE]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise BlindspotError(f"{PIPELINE} cannot be read", " ".join(done.stderr.split()))
    return done.stdout.split()


def at_once(targets: list[str]) -> None:
    """Reproduces targets of which none needs another."""
    with ThreadPoolExecutor(AT_ONCE) as pool:
        list(pool.map(reproduce, (targets[worker::AT_ONCE] for worker in range(AT_ONCE))))


def reproduce(targets: list[str]) -> None:
    """Runs `dvc repro` on them, one after another. Raises BlindspotError where one fails."""
    if not targets:
        return
    command = [sys.executable, "-m", "dvc", "--wait-for-lock", "repro", "--single-item", *targets]
    with leashed(command, env=ONE_CORE) as process:
        if process.wait():
            raise BlindspotError("a search failed", "see the lines above; the same command goes on from there")


if __name__ == "__main__":
    run(main)
