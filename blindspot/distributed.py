"""The processes of one launch."""

from datetime import timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from accelerate import PartialState


#: Calls that one rank always makes together: what a call brings depends on its block at most, so that the number of
#: ranks changes nothing.
BLOCK = 256
PATIENCE = timedelta(days=1)  # one rank evaluates a checkpoint while the others wait


def process_state() -> "PartialState":
    """How many processes there are, which one this is, and the device that it computes on.

    ACCELERATE_USE_CPU is read here because accelerate reads it in `Accelerator` alone: without it two CPU processes
    would each take itself for the only one.
    """
    from accelerate import PartialState
    from accelerate.utils import parse_flag_from_env

    return PartialState(cpu=bool(parse_flag_from_env("ACCELERATE_USE_CPU")), timeout=PATIENCE)
