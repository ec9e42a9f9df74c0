"""Sends to MLflow what it missed, and ends the runs of killed processes: `python -m blindspot.recording.send WORK`."""

import argparse
from pathlib import Path

from blindspot.errors import run
from blindspot.recording.delivery import send_missed
from blindspot.recording.refusals import warn


def main() -> None:
    """Sends the records of one work folder."""
    parser = argparse.ArgumentParser(prog="python -m blindspot.recording.send", description=__doc__)
    parser.add_argument("work", type=Path, help="the work folder")
    if left := send_missed(parser.parse_args().work.resolve()):
        warn(f"MLflow does not take the records of {left} runs: they are kept and sent later")


if __name__ == "__main__":
    run(main, takes_arguments=True)
