"""Registers the pipeline with Prefect and serves it: `python -m flows.deploy [--schedule CRON] [--active]`.

While this runs, runs can be started with other parameters, scheduled and cancelled in Prefect's pages. Schedules that
exist are kept, unless the command line says otherwise.
"""

import argparse
import os

from blindspot.errors import BlindspotError, run
from blindspot.params import read
from flows.environment import apply
from flows.schedules import WEEKLY, Options, checked, settle
from flows.server import API, join

NAME = "blindspot"


def arguments() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m flows.deploy", description=__doc__)
    parser.add_argument(
        "--schedule", metavar="CRON",
        help=f"when it runs, in place of every schedule that exists (default: those; where none exists, {WEEKLY})",
    )  # fmt: skip
    parser.add_argument("--active", action="store_true", help="switch the schedules on; otherwise Prefect's pages do")
    parser.add_argument("--limit", type=int, default=2, help="runs side by side (default: %(default)s)")
    return parser.parse_args()


def main() -> None:
    """Serves till it is ended."""
    asked = arguments()
    values = read()
    beside = join(apply())
    if not os.environ.get(API):
        raise BlindspotError("no Prefect server is up", f"`make ui` opens one and deploys, or set {API}")
    # A pause at the end would stop the schedules of the `make ui` that goes on.
    serve_pipeline(values, Options(asked.schedule, asked.active), asked.limit, pause_at_end=not beside)


def serve_pipeline(values: dict[str, object], options: Options, limit: int, pause_at_end: bool) -> None:
    """Registers `discover` with its form, filled in with `values`, and runs what is asked of it. Never returns."""
    from prefect import serve
    from prefect.client.orchestration import get_client
    from prefect.types.entrypoint import EntrypointType

    from flows.pipeline import discover

    if options.cron is not None:
        checked(options.cron)
    deployment = discover.to_deployment(
        name=NAME,
        parameters={"params": values},
        entrypoint_type=EntrypointType.MODULE_PATH,
        description="Form: every parameter. Other values than params.yaml's run in a clone, side by side.",
    )
    # Prefect deletes every schedule for an empty list; it leaves them as they are for a field that is not set.
    deployment.model_fields_set.discard("schedules")  # type: ignore[union-attr]
    with get_client(sync_client=True) as client:
        settle(client, deployment.apply(), options)  # type: ignore[union-attr,arg-type]
    serve(deployment, pause_on_shutdown=pause_at_end, limit=limit, print_starting_message=False)  # type: ignore[arg-type]


if __name__ == "__main__":
    run(main)
