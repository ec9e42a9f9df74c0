"""Deploys the pipeline to a Prefect server and serves it until interrupted.

While this command runs, Prefect's pages can start, schedule and cancel runs, also with other parameters and with
recipes. Existing schedules are kept unless an option changes those of discover/blindspot.
"""

import argparse
import os
from typing import Any

from blindspot.errors import BlindspotError, run
from flows.command_line import parser as command_parser
from flows.environment import apply
from flows.heartbeat import ensure_automation
from flows.notifications import ensure_notifications
from flows.presets import Preset, presets
from flows.recovery import recover, watch
from flows.schedules import WEEKLY, Options, parse_cron, update_schedules
from flows.server import API, use_running_server


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
    served = presets()
    work = apply()
    shared = use_running_server(work)
    if not os.environ.get(API):
        raise BlindspotError("no Prefect server is running", f"`make ui` starts one and deploys, or set {API}")
    # Pausing at the end would stop the schedules of the `make ui` that is still running.
    recover(work)
    watch(work)
    serve_pipeline(served, Options(given.schedule, given.active), given.limit, pause_at_end=not shared)


def serve_pipeline(served: list[Preset], options: Options, limit: int, pause_at_end: bool) -> None:
    """Deploys the flow `discover`, once for each preset, and serves its runs. Never returns.

    `options` are for the schedules of the first preset. The other deployments keep their schedules.
    """
    from prefect import serve
    from prefect.client.orchestration import get_client

    if options.cron is not None:
        parse_cron(options.cron)
    deployments = [deployment(preset) for preset in served]
    with get_client(sync_client=True) as client:
        update_schedules(client, deployments[0].apply(), options)
        flow_id = str(client.read_flow_by_name(deployments[0].flow_name).id)
        if pause_at_end:  # a server of the user: that of `make ui` is watched by this process, and by the next start
            ensure_automation(client, flow_id)
        ensure_notifications(client, flow_id)
    serve(*deployments, pause_on_shutdown=pause_at_end, limit=limit, print_starting_message=False)


def deployment(preset: Preset) -> Any:
    """Returns Prefect's deployment of a preset."""
    from prefect.types.entrypoint import EntrypointType
    from prefect.utilities.callables import ParameterSchema

    from flows.form import form, gate_form
    from flows.pipeline import deployed

    made: Any = deployed.to_deployment(
        name=preset.name,
        parameters={"params": {}, "recipe": str(preset.recipe) if preset.recipe else None, "gate": {}},
        entrypoint_type=EntrypointType.MODULE_PATH,
        description=preset.description,
        # Prefect's message about a wrong value in a choice does not name the value. That of the run does.
        enforce_parameter_schema=False,
    )
    # Prefect derives the form from the signature. `prefect deploy` sets another one in the same way.
    made._parameter_openapi_schema = ParameterSchema(
        properties={"params": form(preset), "gate": gate_form()}, required=["params", "gate"]
    )
    # For an empty list Prefect deletes every schedule; for a field that is not set it keeps them.
    made.model_fields_set.discard("schedules")
    return made


if __name__ == "__main__":
    run(main, takes_arguments=True)
