"""Makes the user's own Prefect server mark a run as crashed if its heartbeat stops."""

from datetime import timedelta
from typing import Any

FREQUENCY = 30  # s between heartbeats of a run, the least that Prefect takes
WITHIN = timedelta(seconds=90)  # two heartbeats may be late
NAME = "blindspot: runs without a heartbeat"
MESSAGE = f"No heartbeat for {WITHIN.seconds} s: the process or its machine ended. Start the run again to resume."
ENDS = ("Completed", "Failed", "Cancelled", "Crashed")


def automation(deployment_flow: str) -> Any:
    """Returns the automation for the runs of one flow, by its id."""
    from prefect.automations import AutomationCore, ChangeFlowRunState, EventTrigger, Posture, ResourceSpecification
    from prefect.client.schemas.objects import StateType

    beat = "prefect.flow-run.heartbeat"
    return AutomationCore(
        name=NAME,
        description="Created by `blindspot deploy`. A run that is killed would be shown as running for ever.",
        trigger=EventTrigger(
            after={beat},
            expect={beat, *(f"prefect.flow-run.{state}" for state in ENDS)},
            match=ResourceSpecification({"prefect.resource.id": "prefect.flow-run.*"}),
            match_related=ResourceSpecification({"prefect.resource.id": f"prefect.flow.{deployment_flow}"}),
            for_each={"prefect.resource.id"},
            posture=Posture.Proactive,
            threshold=1,
            within=WITHIN,
        ),
        actions=[ChangeFlowRunState(name=None, state=StateType.CRASHED, message=MESSAGE, force=False)],
    )


def ensure_automation(client: Any, deployment_flow: str) -> None:
    """Creates or updates the automation; `client` is Prefect's synchronous client."""
    wanted = automation(deployment_flow)
    found = client.read_automations_by_name(NAME)
    if found:
        client.update_automation(found[0].id, wanted)
    else:
        client.create_automation(wanted)
