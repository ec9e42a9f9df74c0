"""Registers the pipeline with Prefect and serves it: `python -m flows.deploy [--schedule CRON] [--active]`.

While this runs, runs can be started with other parameters, scheduled and cancelled in Prefect's pages.
"""

import argparse
import os

from blindspot.errors import BlindspotError, run
from blindspot.params import read
from flows.environment import API, apply

WEEKLY = "0 3 * * 1"  # Mondays at three
NAME = "blindspot"


def arguments() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m flows.deploy", description=__doc__)
    parser.add_argument("--schedule", default=WEEKLY, metavar="CRON", help="when it runs (default: %(default)s)")
    parser.add_argument("--active", action="store_true", help="switch the schedule on; otherwise Prefect's pages do")
    parser.add_argument("--limit", type=int, default=2, help="runs side by side (default: %(default)s)")
    return parser.parse_args()


def main() -> None:
    """Serves till it is ended."""
    asked = arguments()
    values = read()
    apply()
    if not os.environ.get(API):
        raise BlindspotError("no Prefect server is up", f"`make ui` opens one and deploys, or set {API}")
    serve_pipeline(values, asked.schedule, asked.active, asked.limit)


def serve_pipeline(values: dict[str, object], cron: str, active: bool, limit: int) -> None:
    """Registers `discover` with its form, filled in with `values`, and runs what is asked of it. Never returns."""
    from prefect import serve
    from prefect.schedules import Cron
    from prefect.types.entrypoint import EntrypointType

    from flows.pipeline import discover

    try:
        schedule = Cron(cron, active=active)
    except ValueError as error:
        raise BlindspotError(
            f"--schedule {cron} is no cron line ({error})", "five fields, such as 0 3 * * 1"
        ) from None
    deployment = discover.to_deployment(
        name=NAME,
        schedule=schedule,
        parameters={"params": values},
        entrypoint_type=EntrypointType.MODULE_PATH,
        description="Form: every parameter. Other values than params.yaml's run in a clone, side by side.",
    )
    serve(deployment, limit=limit, print_starting_message=False)  # type: ignore[arg-type]


if __name__ == "__main__":
    run(main)
