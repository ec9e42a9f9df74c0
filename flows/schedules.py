"""The schedules of the deployed pipeline. A deployment keeps schedules that were changed in Prefect's pages."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from blindspot.errors import BlindspotError

WEEKLY = "0 3 * * 1"  # Mondays at three, UTC


@dataclass(frozen=True)
class Options:
    """The options of the command line. `cron`: a schedule, None to keep the existing ones; `active`: activate them."""

    cron: str | None
    active: bool


def parse_cron(cron: str) -> Any:
    """Returns Prefect's schedule for a cron expression. Raises BlindspotError where the expression is invalid."""
    from prefect.client.schemas.schedules import CronSchedule

    try:
        return CronSchedule(cron=cron)
    except ValueError as error:
        reason = str(error).splitlines()[-1] if str(error) else "no reason given"
        raise BlindspotError(
            f"--schedule {cron} is not a cron expression ({reason})", "write five fields, such as 0 3 * * 1"
        ) from None


def update_schedules(client: Any, deployment: UUID, options: Options) -> None:
    """Adds, replaces or activates schedules when the deployment starts; `client` is Prefect's synchronous client.

    Without options, existing schedules stay unchanged; where none exists, the weekly one is added, inactive. A cron
    expression replaces all schedules, and is active if `options.active` or if it was active before.
    """
    found = client.read_deployment_schedules(deployment)
    if options.cron is not None:
        was_active = any(one.active and getattr(one.schedule, "cron", None) == options.cron for one in found)
        for one in found:
            client.delete_deployment_schedule(deployment, one.id)
        client.create_deployment_schedules(deployment, [(parse_cron(options.cron), options.active or was_active)])
    elif not found:
        client.create_deployment_schedules(deployment, [(parse_cron(WEEKLY), options.active)])
    elif options.active:
        for one in found:
            client.update_deployment_schedule(deployment, one.id, active=True)
