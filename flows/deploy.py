"""Deploys the pipeline to a Prefect server and serves it until interrupted.

While this command runs, Prefect's pages can start, schedule and cancel runs, also with other parameters. Existing
schedules are kept unless an option changes them.
"""

import argparse
import os

from blindspot.errors import BlindspotError, run
from blindspot.params import read
from flows.command_line import parser as command_parser
from flows.environment import apply
from flows.heartbeat import ensure_automation
from flows.recovery import recover, watch
from flows.schedules import WEEKLY, Options, parse_cron, update_schedules
from flows.server import API, use_running_server

NAME = "blindspot"


def arguments() -> argparse.Namespace:
    """The command line."""
    parser = command_parser("deploy", __doc__, "", "--schedule '0 3 * * *' --active")
    parser.add_argument(
        "--schedule", metavar="CRON",
        help=f"replace all schedules by this one (default: keep them; where none exists, add {WEEKLY}, inactive)",
    )  # fmt: skip
    parser.add_argument("--active", action="store_true", help="activate the schedules (default: do not change them)")
    parser.add_argument("--limit", type=int, default=2, help="runs side by side (default: %(default)s)")
    return parser.parse_args()


def main() -> None:
    """Serves until interrupted."""
    given = arguments()
    values = read()
    work = apply()
    shared = use_running_server(work)
    if not os.environ.get(API):
        raise BlindspotError("no Prefect server is running", f"`make ui` starts one and deploys, or set {API}")
    # Pausing at the end would stop the schedules of the `make ui` that is still running.
    recover(work)
    watch(work)
    serve_pipeline(values, Options(given.schedule, given.active), given.limit, pause_at_end=not shared)


def serve_pipeline(values: dict[str, object], options: Options, limit: int, pause_at_end: bool) -> None:
    """Deploys the flow `discover` with `values` as the form's defaults, and serves its runs. Never returns."""
    from prefect import serve
    from prefect.client.orchestration import get_client
    from prefect.types.entrypoint import EntrypointType

    from flows.pipeline import discover

    if options.cron is not None:
        parse_cron(options.cron)
    deployment = discover.to_deployment(
        name=NAME,
        parameters={"params": values},
        entrypoint_type=EntrypointType.MODULE_PATH,
        description="The form has every parameter. A run whose values differ from params.yaml has its own clone.",
    )
    # For an empty list Prefect deletes every schedule; for a field that is not set it keeps them.
    deployment.model_fields_set.discard("schedules")  # type: ignore[union-attr]
    with get_client(sync_client=True) as client:
        update_schedules(client, deployment.apply(), options)  # type: ignore[union-attr,arg-type]
        if pause_at_end:  # a server of the user: that of `make ui` is watched by this process, and by the next start
            ensure_automation(client, str(client.read_flow_by_name(discover.name).id))
    serve(deployment, pause_on_shutdown=pause_at_end, limit=limit, print_starting_message=False)  # type: ignore[arg-type]


if __name__ == "__main__":
    run(main, takes_arguments=True)
