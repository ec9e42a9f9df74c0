"""The schedules of the deployed pipeline: those that the operator made or changed in Prefect's pages are kept."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from blindspot.errors import BlindspotError

WEEKLY = "0 3 * * 1"  # Mondays at three, UTC


@dataclass(frozen=True)
class Wish:
    """What the command line says: a cron line or none, and whether schedules are to be switched on."""

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


def settle(client: Any, deployment: UUID, wish: Wish) -> None:
    """Makes the schedules of a deployment what they should be after a start; `client` is Prefect's synchronous one.

    Without a wish, those that exist stay as they are. Where none exists, the weekly one is added, switched off. A cron
    line replaces them all; it stays switched on where it already was.
    """
    found = client.read_deployment_schedules(deployment)
    if wish.cron is not None:
        was_on = any(one.active and getattr(one.schedule, "cron", None) == wish.cron for one in found)
        for one in found:
            client.delete_deployment_schedule(deployment, one.id)
        client.create_deployment_schedules(deployment, [(checked(wish.cron), wish.active or was_on)])
    elif not found:
        client.create_deployment_schedules(deployment, [(checked(WEEKLY), wish.active)])
    elif wish.active:
        for one in found:
            client.update_deployment_schedule(deployment, one.id, active=True)
