"""Sends a message to a webhook, such as that of a chat."""

import os
import sys

from blindspot.network import reach_loopback_directly

VARIABLE = "BLINDSPOT_WEBHOOK"
SECONDS = 10.0


def notify(text: str) -> None:
    """Posts a text as JSON to the address in BLINDSPOT_WEBHOOK; does nothing if it is not set.

    `text` and `content` hold it, as chats expect. A failure is a warning, without the address, which is a secret.
    """
    address = os.environ.get(VARIABLE)
    if not address:
        return
    import httpx

    reach_loopback_directly()
    try:
        transport = httpx.HTTPTransport(retries=2)
        with httpx.Client(transport=transport, timeout=SECONDS) as client:
            client.post(address, json={"text": text, "content": text}).raise_for_status()
    except (httpx.HTTPStatusError, httpx.TransportError, httpx.InvalidURL, ValueError) as error:
        status = getattr(getattr(error, "response", None), "status_code", None)
        reason = f"status {status}" if status else type(error).__name__
        print(f"warning: the webhook of {VARIABLE} did not take the message ({reason})", file=sys.stderr, flush=True)
