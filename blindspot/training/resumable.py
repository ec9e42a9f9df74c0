"""GRPOTrainer that goes on from a checkpoint exactly as if it had never stopped."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from accelerate.utils import is_peft_model
from trl import GRPOTrainer
from trl.trainer.utils import RepeatSampler


class EpochSampler(RepeatSampler):
    """Draws each epoch's order from the seed and the epoch's number.

    TRL's own draws it from the generator that the epochs before have used: a resumed training would begin with the
    first epoch's order again.
    """

    _epoch = 0

    def set_epoch(self, epoch: int) -> None:
        """Called by the data loader at the start of each epoch."""
        self._epoch = epoch

    def __iter__(self) -> Iterator[int]:
        """The epoch's images, repeated as TRL wants them."""
        self.generator.manual_seed(int(self.seed or 0) + self._epoch)
        return iter(super().__iter__())  # type: ignore[no-untyped-call]


class ResumableGRPOTrainer(GRPOTrainer):
    """Loads a checkpoint as it was saved, and walks the images as an unbroken training does.

    transformers saves a VLM under other names than its modules have, and translates them in `from_pretrained`; the
    Trainer reads the file without that, finds no name it knows, and goes on from the untrained weights with a warning.
    """

    def _get_train_sampler(self, dataset: Any = None) -> EpochSampler:
        theirs: Any = super()._get_train_sampler(dataset)
        return EpochSampler(
            theirs.data_source, theirs.mini_repeat_count, theirs.batch_size, theirs.repeat_count, seed=theirs.seed
        )

    def _load_from_checkpoint(self, resume_from_checkpoint: str, model: Any = None) -> None:
        target: Any = model or self.model
        if self.is_fsdp_enabled or self.is_deepspeed_enabled or is_peft_model(target):  # adapters keep their names
            super()._load_from_checkpoint(resume_from_checkpoint, model)
            return
        saved = type(target).from_pretrained(Path(resume_from_checkpoint), use_safetensors=True)
        target.load_state_dict(saved.state_dict())
