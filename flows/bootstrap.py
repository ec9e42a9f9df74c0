"""Trains the embedded models anew: `python -m flows.bootstrap`, or `make bootstrap`.

Their stages are frozen, so that no other change retrains them; they are thawed for this run alone.
"""

import re
import signal
import sys
from pathlib import Path

import yaml

from blindspot.errors import BlindspotError, run
from flows.environment import apply
from flows.process_group import process_group

PIPELINE = Path("dvc.yaml")


def main() -> None:
    """Retrains every frozen stage, in order; dvc.yaml is left as it was, failure or not."""
    apply()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    text = PIPELINE.read_bytes()
    frozen = [name for name, stage in yaml.safe_load(text)["stages"].items() if stage.get("frozen")]
    PIPELINE.write_bytes(re.sub(rb"frozen: true\b", b"frozen: false", text))
    try:
        for name in frozen:
            _train(name)
    finally:
        PIPELINE.write_bytes(text)


def _train(name: str) -> None:
    command = [sys.executable, "-m", "dvc", "repro", "--single-item", "--force", name]
    with process_group(command) as process:
        if process.wait():
            raise BlindspotError(f"stage {name} failed", "see the lines above; the former weights are still there")


if __name__ == "__main__":
    run(main)
