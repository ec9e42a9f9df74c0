"""Runs the stage train with a questioner whose weights are sharded (FSDP2) over CPU processes.

accelerate shards on GPUs only: on CPUs it runs DDP without a word. Here it takes the CPU processes for GPU processes.
"""

from typing import Any

from accelerate import PartialState
from accelerate.utils import DistributedType
from torch.distributed.fsdp import FSDPModule
from torch.distributed.tensor import DTensor

from blindspot.errors import run
from blindspot.training import callbacks


class AssertSharded(callbacks.StopAtBudget):
    """Fails unless each rank holds a part of each large weight."""

    def on_step_end(self, args: Any, state: Any, control: Any, model: Any = None, **_: Any) -> None:
        weights = [one for one in model.parameters() if one.numel() > 1000]
        assert isinstance(model, FSDPModule) and weights and all(isinstance(one, DTensor) for one in weights)
        assert all(one.to_local().numel() < one.numel() for one in weights)
        print(f"sharded: {len(weights)} weights after step {state.global_step}", flush=True)
        super().on_step_end(args, state, control)


def main() -> None:
    """Trains as `python -m stages.train` does."""
    from stages import train

    original = PartialState.__init__

    def as_gpus(self: PartialState, *args: Any, **options: Any) -> None:
        original(self, *args, **options)
        if self.distributed_type == DistributedType.MULTI_CPU:
            self.distributed_type = DistributedType.MULTI_GPU

    PartialState.__init__ = as_gpus
    callbacks.StopAtBudget = AssertSharded  # type: ignore[misc]
    train.main()


if __name__ == "__main__":
    run(main)
