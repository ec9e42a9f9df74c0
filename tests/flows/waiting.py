"""Waits for runs that the scheduler of Prefect creates."""

import time

from tests.flows.served import Server


def first_scheduled(server: Server, seconds: float = 120) -> str:
    """Waits for a run that the scheduler created and that has started. Returns its id."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        begun = [one for one in server.runs() if one["auto_scheduled"] and one["state_type"] != "SCHEDULED"]
        if begun:
            return str(begun[0]["id"])
        time.sleep(1)
    raise AssertionError("no schedule created a run")
