"""Tests phone home as little as the tools do, and can be interrupted wherever they run."""

import signal

from blindspot.telemetry import disable_telemetry

disable_telemetry()
# A shell's background job ignores Ctrl-C, and so would everything that tests start in order to interrupt it.
signal.signal(signal.SIGINT, signal.default_int_handler)
