"""Computes the disk space of a run."""

import math
from collections.abc import Sequence
from pathlib import Path

from blindspot.confirmation import MODES
from blindspot.models.description import Description, Local
from blindspot.training.options import TrainingParams
from flows.estimate.memory import ADAM, FLOAT32
from flows.estimate.parts import Sections
from flows.estimate.sizes import Size, Sizes, stored_bytes

KEPT = 2  # checkpoints of the training at a time
ROLLOUT_BYTES = 400  # of a rollout and its verdict, rounded up


def disk_line(given: Sections, models: Sequence[Description], sizes: Sizes, trained: int, images: float) -> str:
    """Returns a line with the disk space of a run, in MB.

    `models`: of all roles. `sizes`: by the name of a local model. `trained`: numbers that the training updates.
    `images`: bytes of all images.
    """
    rollouts = given.harvest.calls * given.methods + MODES * given.harvest.quota
    total, unknown = images + ROLLOUT_BYTES * rollouts, list[str]()
    if isinstance(given.start, Local) and given.train.steps:
        size = sizes[given.start.model]
        if size is None:
            unknown.append(f"the checkpoints of {given.start.model}")
        else:
            total += training_bytes(given.train, size, trained)
    for name, source in {one.model: one for one in models if isinstance(one, Local)}.items():
        if not Path(name).is_dir():
            size = sizes[name]
            weights = stored_bytes(source) or (size.parameters * size.dtype_bytes if size else 0)
            total += weights
            unknown += [] if weights else [f"the weights of {name}"]
    missing = f", without {' and '.join(unknown)}, whose size is unknown" if unknown else ""
    return f"disk: {total / 1e6:,.0f} MB at most, with checkpoints and weights from the Hub{missing}"


def training_bytes(train: TrainingParams, size: Size, trained: int) -> float:
    """Returns the bytes of the checkpoints, MLflow's copies of them and the trained questioner, which is whole."""
    whole = size.parameters * FLOAT32
    checkpoint = trained * FLOAT32 if train.lora.rank else whole
    logged = math.ceil(train.steps / train.checkpoint_every)  # by MLflow, with the first one
    return KEPT * (checkpoint + ADAM * trained * FLOAT32) + (logged + 1) * checkpoint + whole
