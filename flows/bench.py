"""Runs a bench: `python -m flows.bench search`, or `taxonomy`; `make bench-search` and `make bench-taxonomy` do.

What is done is left alone, so that a broken run goes on.
"""

import argparse
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

from blindspot.errors import BlindspotError, run
from flows.environment import apply
from flows.leash import leashed

PIPELINES = {"search": "bench/dvc.yaml", "taxonomy": "bench/taxonomy/dvc.yaml"}
FOUND = {"search": "data/search.html shows them", "taxonomy": "docs/bench_taxonomy.md says what they mean"}
AT_ONCE = 2  # runs, of which each takes one core
ONE_CORE = {"OMP_NUM_THREADS": "1", "TQDM_DISABLE": "1"}


def main() -> None:
    """Runs every stage of the bench that is not done yet: first the truth, last the summary."""
    parser = argparse.ArgumentParser(prog="python -m flows.bench", description=__doc__)
    parser.add_argument("bench", choices=[*PIPELINES])
    bench = parser.parse_args().bench
    apply()
    targets = stages(PIPELINES[bench])
    first = [target for target in targets if ":search_truth@" in target]
    last = targets[-1]
    at_once(first)
    at_once([target for target in targets if target not in (*first, last)])
    reproduce([last])
    figures = {"search": "search", "taxonomy": "taxonomy_bench"}[bench]
    print(f"\nmetrics/{figures}.json has the figures, {FOUND[bench]}")


def stages(pipeline: str) -> list[str]:
    """Every stage of a bench, in order. Raises BlindspotError where its files cannot be read."""
    command = [sys.executable, "-m", "dvc", "stage", "list", "--name-only", pipeline]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise BlindspotError(f"{pipeline} cannot be read", " ".join(done.stderr.split()))
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
            raise BlindspotError("a run failed", "see the lines above; the same command goes on from there")


if __name__ == "__main__":
    run(main)
