"""Runs the estimate: `python -m flows.estimate`."""

from blindspot.errors import run
from flows.estimate.show import main

if __name__ == "__main__":
    run(main, takes_arguments=True)
