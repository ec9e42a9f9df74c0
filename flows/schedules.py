"""The schedules of the deployed pipeline. A start keeps those that the operator made or changed in Prefect's pages."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from blindspot.errors import BlindspotError

WEEKLY = "0 3 * * 1"  # Mondays at three, UTC


@dataclass(frozen=True)
class Options:
    """The command line: a cron line or none, and whether to switch schedules on."""

    cron: str | None
    active: bool


def checked(cron: str) -> Any:
    """Prefect's schedule of a cron line. Raises BlindspotError where it is none."""
    from prefect.client.schemas.schedules import CronSchedule

    try:
        return CronSchedule(cron=cron)
    except ValueError as error:
        reason = str(error).splitlines()[-1] if str(error) else "no reason given"
        raise BlindspotError(
            f"--schedule {cron} is no cron line ({reason})", "five fields, such as 0 3 * * 1"
        ) from None


def settle(client: Any, deployment: UUID, options: Options) -> None:
    """Adds, replaces or switches on schedules when the deployment starts; `client` is Prefect's synchronous client.

    Without options, those that exist stay as they are. Where none exists, the weekly one is added, switched off. A
    cron line replaces them all; it stays switched on where it already was.
    """
    found = client.read_deployment_schedules(deployment)
    if options.cron is not None:
        was_on = any(one.active and getattr(one.schedule, "cron", None) == options.cron for one in found)
        for one in found:
            client.delete_deployment_schedule(deployment, one.id)
        client.create_deployment_schedules(deployment, [(checked(options.cron), options.active or was_on)])
    elif not found:
        client.create_deployment_schedules(deployment, [(checked(WEEKLY), options.active)])
    elif options.active:
        for one in found:
            client.update_deployment_schedule(deployment, one.id, active=True)
