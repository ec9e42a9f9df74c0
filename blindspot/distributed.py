"""Describes the processes of one launch (ranks)."""

from datetime import timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from accelerate import PartialState


#: Calls that one rank makes together. A result depends on no call outside its block, so that the number of ranks does
#: not change results.
BLOCK = 256
SEED_STRIDE = 1_000_003  # distance between the seeds of two runs; larger than any number of calls
TIMEOUT = timedelta(days=1)  # other ranks wait while one evaluates a checkpoint


def block_seed(seed: int, number: int) -> int:
    """Returns the seed of the block with this call. `seed`: of the run. `number`: of the call, from 0 on."""
    return seed * SEED_STRIDE + number // BLOCK * BLOCK


def process_state() -> "PartialState":
    """Returns the number of processes, the index of this one, and its device.

    Reads ACCELERATE_USE_CPU, because accelerate reads it in `Accelerator` only, and looks for a GPU, because
    `accelerate launch` does not always set that variable. Otherwise each of several CPU processes would treat itself
    as the only one.
    """
    import torch
    from accelerate import PartialState
    from accelerate.utils import parse_flag_from_env

    on_cpu = bool(parse_flag_from_env("ACCELERATE_USE_CPU")) or not torch.accelerator.is_available()
    return PartialState(cpu=on_cpu, timeout=TIMEOUT)
