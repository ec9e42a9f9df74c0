"""A GRPOTrainer whose resumed training equals an uninterrupted one."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from accelerate.utils import fsdp_utils, is_peft_model
from trl.trainer.utils import RepeatSampler

from blindspot.training.vlm_batches import VLMBatches


@contextmanager
def accepting_missing_states() -> Iterator[None]:
    """Lets FSDP load the state of an optimizer within the block if a weight has none.

    A weight that no forward pass uses, such as the last norm of LLaVA's image encoder, never gets a state.
    """
    original: Any = fsdp_utils._prepare_sd_options

    def lenient(plugin: Any) -> Any:
        options = original(plugin)
        options.strict = False
        return options

    fsdp_utils._prepare_sd_options = lenient
    try:
        yield
    finally:
        fsdp_utils._prepare_sd_options = original


class EpochSampler(RepeatSampler):
    """Draws the order of each epoch from the seed and the number of the epoch.

    TRL's sampler draws it from a generator that earlier epochs have advanced, so a resumed training would repeat the
    order of the first epoch.
    """

    _epoch = 0

    def set_epoch(self, epoch: int) -> None:
        """Called by the data loader at the start of each epoch."""
        self._epoch = epoch

    def __iter__(self) -> Iterator[int]:
        """Yields the images of the epoch, repeated as TRL expects."""
        self.generator.manual_seed(int(self.seed or 0) + self._epoch)
        return iter(super().__iter__())  # type: ignore[no-untyped-call]


class ResumableGRPOTrainer(VLMBatches):
    """Loads the weights of a checkpoint, and visits the images in the order of an uninterrupted training.

    transformers saves a VLM under other parameter names than its modules have, and `from_pretrained` translates them.
    The Trainer reads the file without translation, finds no known name, and continues from the untrained weights with
    only a warning.
    """

    def _get_train_sampler(self, dataset: Any = None) -> EpochSampler:
        sampler: Any = super()._get_train_sampler(dataset)
        return EpochSampler(
            sampler.data_source, sampler.mini_repeat_count, sampler.batch_size, sampler.repeat_count, seed=sampler.seed
        )

    def _load_optimizer_and_scheduler(self, checkpoint: str | None) -> None:
        parent: Any = super()
        with accepting_missing_states():
            parent._load_optimizer_and_scheduler(checkpoint)

    def _load_from_checkpoint(self, resume_from_checkpoint: str, model: Any = None) -> None:
        target: Any = model or self.model
        if (
            self.is_fsdp_enabled or self.is_deepspeed_enabled or is_peft_model(target)
        ):  # names of adapters are not translated
            super()._load_from_checkpoint(resume_from_checkpoint, model)
            return
        saved = type(target).from_pretrained(Path(resume_from_checkpoint), use_safetensors=True)
        target.load_state_dict(saved.state_dict())
