"""Trains the embedded models again (`make bootstrap`). It takes an hour on two cores.

The stages of the embedded models are frozen, so that no other change retrains the models. This command unfreezes them
while it runs.
"""

import re
import signal
import sys
from pathlib import Path

import yaml

from blindspot.errors import BlindspotError, run
from flows.command_line import parser as command_parser
from flows.environment import apply
from flows.process_group import process_group

PIPELINE = Path("dvc.yaml")


def main() -> None:
    """Runs every frozen stage, in order. Restores dvc.yaml at the end, also after a failure."""
    command_parser("bootstrap", __doc__, "").parse_args()
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


def _train(stage: str) -> None:
    command = [sys.executable, "-m", "dvc", "repro", "--single-item", "--force", stage]
    with process_group(command) as process:
        if process.wait():
            raise BlindspotError(f"stage {stage} failed", "see the output above; the previous weights are kept")


if __name__ == "__main__":
    run(main, takes_arguments=True)
