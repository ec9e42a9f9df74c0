"""Runs a flow from the command line: on a running Prefect server, or on a temporary one."""

import logging
import signal
import sys
from collections.abc import Callable
from typing import Any

from blindspot.errors import BlindspotError
from flows.environment import apply
from flows.recovery import recover
from flows.server import start_temporary_server


def run_flow(flow: Callable[[Callable[[], None]], Any], default_message: str) -> Any:
    """Runs a flow and returns its final state.

    `flow` first imports Prefect, then calls its argument, which waits until the server is ready. Raises BlindspotError
    where the flow does not complete, with the state's message or, where it has none, `default_message`.
    """
    work = apply()
    logging.getLogger("prefect.flow_runs").addFilter(_shorten)
    await_server = start_temporary_server(work)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))

    def await_ready_server() -> None:
        await_server()
        recover(work)

    state = flow(await_ready_server)
    if not state.is_completed():
        problem, _, fix = (state.message or default_message).partition(": ")
        raise BlindspotError(problem, fix or "see the output above")
    return state


def _shorten(record: logging.LogRecord) -> bool:
    """Leaves the message out of Prefect's line about a final state: the terminal shows it already."""
    text = record.getMessage()
    if text.startswith("Finished in state "):
        record.msg, record.args = text.partition("(")[0], ()
    return True
