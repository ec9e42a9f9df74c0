"""Disables telemetry in tests, and lets Ctrl-C interrupt them wherever they run."""

import signal

from blindspot.telemetry import disable_telemetry

disable_telemetry()
# A background job of a shell ignores Ctrl-C, and so would the processes that tests start and interrupt.
signal.signal(signal.SIGINT, signal.default_int_handler)
