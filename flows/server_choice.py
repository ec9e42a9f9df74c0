"""Runs a flow from the command line, on a Prefect server of its own unless there is one."""

import signal
import sys
from collections.abc import Callable
from typing import Any

from blindspot.errors import BlindspotError
from flows.environment import apply
from flows.server import start_temporary


def completed(flow: Callable[[Callable[[], None]], Any], otherwise: str) -> Any:
    """The state that `flow` ends in. Raises BlindspotError where that is not completed: its message, or `otherwise`.

    `flow` imports what it needs of Prefect, then calls its argument, which waits for the server that starts meanwhile.
    """
    await_server = start_temporary(apply())
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    state = flow(await_server)
    if not state.is_completed():
        what, _, mend = (state.message or otherwise).partition(": ")
        raise BlindspotError(what, mend or "see the lines above")
    return state
