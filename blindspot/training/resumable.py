"""GRPOTrainer that takes up a checkpoint's weights."""

from pathlib import Path
from typing import Any

from trl import GRPOTrainer


class ResumableGRPOTrainer(GRPOTrainer):
    """Loads a checkpoint as it was saved.

    transformers saves a VLM under other names than its modules have, and translates them in `from_pretrained`; the
    Trainer reads the file without that, finds no name it knows, and goes on from the untrained weights with a warning.
    """

    def _load_from_checkpoint(self, resume_from_checkpoint: str, model: Any = None) -> None:
        if self.is_fsdp_enabled or self.is_deepspeed_enabled:
            super()._load_from_checkpoint(resume_from_checkpoint, model)
            return
        target: Any = model or self.model
        saved = type(target).from_pretrained(Path(resume_from_checkpoint), use_safetensors=True)
        target.load_state_dict(saved.state_dict())
