"""Runs a bench: `make bench-search` (docs/bench.md) or `make bench-taxonomy` (docs/bench_taxonomy.md).

Stages that are up to date are skipped, so the same command resumes an interrupted run.
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
from flows.secret import without_secret

FOLDER = Path("bench")  # a DVC project of its own
#: For each bench, its pipeline and where it writes its results.
BENCHES = {
    "search": ("dvc.yaml", "figures: bench/metrics/search.json, page: bench/data/search.html"),
    "taxonomy": ("taxonomy/dvc.yaml", "figures: bench/metrics/taxonomy.json"),
}
DVC = [sys.executable, "-P", "-m", "dvc"]  # -P: no module of the bench shadows one that DVC imports
WORKERS = 2  # DVC processes side by side; each stage uses one core
BATCH = 6  # stages that one DVC process runs; few, so that no core idles for long at the end
ONE_CORE = {"OMP_NUM_THREADS": "1", "TQDM_DISABLE": "1"}


def main() -> None:
    """Runs every stage of the bench that is not up to date: the truth first, rates and summary last."""
    parser = argparse.ArgumentParser(prog="python -m flows.bench", description=__doc__)
    parser.add_argument("bench", choices=[*BENCHES])
    pipeline, results = BENCHES[parser.parse_args().bench]
    apply()
    os.chdir(FOLDER)
    targets = list_stages(pipeline)
    truths, rates = ([target for target in targets if f"_{of}@" in target] for of in ("truth", "rates"))
    summary = targets[-1]
    reproduce_in_parallel(truths)
    reproduce_in_parallel([target for target in targets if target not in (*truths, *rates, summary)])
    reproduce_in_parallel(rates)
    reproduce([summary])
    print(f"\n{results}")


def list_stages(pipeline: str) -> list[str]:
    """Returns every stage of a pipeline, in order. Raises BlindspotError where DVC cannot read the pipeline."""
    command = [*DVC, "stage", "list", "--name-only", pipeline]
    done = subprocess.run(command, env=without_secret(os.environ), capture_output=True, text=True, check=False)
    if done.returncode:
        raise BlindspotError(f"{pipeline} cannot be read", " ".join(done.stderr.split()))
    return done.stdout.split()


def reproduce_in_parallel(targets: list[str]) -> None:
    """Reproduces independent targets: none may depend on another."""
    batches = [targets[start : start + BATCH] for start in range(0, len(targets), BATCH)]
    with ThreadPoolExecutor(WORKERS) as pool:
        list(pool.map(reproduce, batches))


def reproduce(targets: list[str]) -> None:
    """Runs `dvc repro` on the targets, one after another. Raises BlindspotError where one fails."""
    if not targets:
        return
    command = [*DVC, "--wait-for-lock", "repro", "--single-item", *targets]
    with process_group(command, env=ONE_CORE) as process:
        if process.wait():
            raise BlindspotError("a stage of the bench failed", "see the output above; the same command resumes")


if __name__ == "__main__":
    run(main, takes_arguments=True)
