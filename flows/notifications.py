"""Makes Prefect post to the webhook when a run of the pipeline fails or crashes, which includes its gate."""

import os
from typing import Any

from blindspot.diff.webhook import VARIABLE

NAME = "blindspot: failed runs"
BLOCK = "blindspot-webhook"
ENDS = {"prefect.flow-run.Failed", "prefect.flow-run.Crashed"}
#: A Jinja template that Prefect fills in. Chats read either key.
PAYLOAD = (
    "{% set state = flow_run.state %}"
    '{% set text = "Blindspot, " ~ flow_run.name ~ ": " ~ state.name ~ ". " ~ (state.message or "") %}'
    '{"text": {{ text | tojson }}, "content": {{ text | tojson }}}'
)


def automation(flow_id: str, block_id: Any) -> Any:
    """Returns the automation for the runs of one flow. `block_id`: of the block with the address."""
    from prefect.automations import AutomationCore, CallWebhook, EventTrigger, Posture, ResourceSpecification

    return AutomationCore(
        name=NAME,
        description=f"Created because {VARIABLE} was set. Disable it here to stop the messages.",
        trigger=EventTrigger(
            expect=ENDS,
            match=ResourceSpecification({"prefect.resource.id": "prefect.flow-run.*"}),
            match_related=ResourceSpecification({"prefect.resource.id": f"prefect.flow.{flow_id}"}),
            for_each={"prefect.resource.id"},
            posture=Posture.Reactive,
            threshold=1,
        ),
        actions=[CallWebhook(block_document_id=block_id, payload=PAYLOAD)],
    )


def ensure_notifications(client: Any, flow_id: str) -> None:
    """Creates or updates block and automation if BLINDSPOT_WEBHOOK is set; otherwise both stay as they are.

    `client` is Prefect's synchronous client.
    """
    address = os.environ.get(VARIABLE)
    if not address:
        return
    from prefect.blocks.webhook import Webhook

    block = Webhook(url=address, headers={"Content-Type": "application/json"})
    wanted = automation(flow_id, block.save(BLOCK, overwrite=True))
    found = client.read_automations_by_name(NAME)
    if found:
        client.update_automation(found[0].id, wanted)
    else:
        client.create_automation(wanted)
