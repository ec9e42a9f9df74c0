"""TRL's GRPOTrainer, set up to train a questioner."""

import importlib.util
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from blindspot.distributed import process_state
from blindspot.errors import BlindspotError
from blindspot.models.description import Local
from blindspot.models.loading import is_adapter
from blindspot.models.local import LocalVLM
from blindspot.protocols import Target
from blindspot.questioner.prompts import ask_for
from blindspot.records.image import Image
from blindspot.rewards.components import COMPONENTS
from blindspot.rewards.trl import Reward
from blindspot.training.options import Lora, Vllm

if TYPE_CHECKING:
    from datasets import Dataset
    from peft import LoraConfig
    from trl import GRPOConfig, GRPOTrainer


@dataclass(frozen=True)
class Schedule:
    """How long and how hard to train. `images_per_step` and `generations` count over all ranks."""

    steps: int
    images_per_step: int
    num_generations: int
    learning_rate: float
    beta: float
    temperature: float
    max_new_tokens: int
    checkpoint_every: int
    weights: dict[str, float]
    batch_size: int
    bf16: bool
    gradient_checkpointing: bool
    lora: Lora
    vllm: Vllm
    seed: int

    def batch(self) -> tuple[int, int]:
        """Completions of one rank that go through the model at once, and how many such parts make its step.

        Raises BlindspotError where they do not come out even.
        """
        completions, processes = self.images_per_step * self.num_generations, process_state().num_processes
        share, rest = divmod(completions, processes)
        size = min(self.batch_size, share)
        if rest or share % size:
            raise BlindspotError(
                f"{completions} completions per step (train.images_per_step × train.num_generations) cannot be split "
                f"among {processes} process(es) in batches of {size}",
                "change one of them, or train.batch_size",
            )
        return size, share // size


def refuse_impossible(start: Local, schedule: Schedule) -> None:
    """Raises BlindspotError, before any long work, where the questioner cannot be trained as asked."""
    schedule.batch()
    if schedule.vllm.mode != "none" and importlib.util.find_spec("vllm") is None:
        raise BlindspotError(
            f"train.vllm.mode {schedule.vllm.mode} wants the package vllm, which is not here",
            "`pip install 'trl[vllm]'`, or set it to none",
        )
    if is_adapter(start):
        raise BlindspotError(
            f"{start.model} is a LoRA adapter, which no training starts from",
            "merge it into its base first (peft: merge_and_unload, then save_pretrained)",
        )
    if start.quantization and not schedule.lora.rank:
        raise BlindspotError(
            f"{start.model}: weights quantized to {start.quantization} cannot be trained",
            "set train.lora.rank above 0",
        )


def build_trainer(
    start: Local,
    images: Sequence[Image],
    targets: Sequence[Target],
    reward: Reward,
    schedule: Schedule,
    evaluate: Callable[[int, Path], None],
    work: Path,
) -> "GRPOTrainer":
    """A trainer for the questioner `start`. `evaluate(step, checkpoint)` is told of each checkpoint in `work`.

    Each image is asked about by every one of `targets`, freely where there is none.
    With LoRA the KL term's reference is `start` itself, its adapters switched off; else a second copy of it.
    """
    from transformers import ProgressCallback

    from blindspot.training.callbacks import KeepState, KeepWithin, Progress
    from blindspot.training.resumable import ResumableGRPOTrainer

    vlm = LocalVLM(start)
    trainer = ResumableGRPOTrainer(
        model=vlm.model,
        processing_class=vlm.processor,
        args=_config(start, schedule, work),
        train_dataset=_dataset(images, targets),
        reward_funcs=[*reward.functions()],
        peft_config=_adapters(start, schedule.lora),
    )
    trainer.remove_callback(ProgressCallback)
    trainer.add_callback(Progress)
    trainer.add_callback(KeepWithin(reward.meter, schedule.images_per_step * schedule.num_generations * reward.calls))
    trainer.add_callback(KeepState(reward, targets, evaluate))
    return trainer


def _config(start: Local, schedule: Schedule, work: Path) -> "GRPOConfig":
    from trl import GRPOConfig

    size, parts = schedule.batch()
    return GRPOConfig(
        output_dir=str(work),
        max_steps=schedule.steps,
        per_device_train_batch_size=size,
        gradient_accumulation_steps=parts,
        num_generations=schedule.num_generations,
        steps_per_generation=parts,
        learning_rate=schedule.learning_rate,
        lr_scheduler_type="constant_with_warmup",
        warmup_steps=10,
        beta=schedule.beta,
        temperature=schedule.temperature,
        max_completion_length=schedule.max_new_tokens,
        reward_weights=[schedule.weights[name] for name in COMPONENTS],
        scale_rewards="batch",  # a group that agrees has no signal; scaled by its own deviation its noise would count
        save_steps=schedule.checkpoint_every,
        save_total_limit=2,
        logging_steps=1,
        report_to="mlflow",
        seed=schedule.seed,
        disable_tqdm=False,
        dataloader_num_workers=0,
        dataloader_pin_memory=process_state().device.type != "cpu",
        use_cpu=process_state().device.type == "cpu",
        bf16=schedule.bf16,
        gradient_checkpointing=schedule.gradient_checkpointing,
        model_init_kwargs=_reference(start),
        chat_template_kwargs=start.chat_template_kwargs or None,
        **_generation(schedule.vllm),
    )


def _reference(start: Local) -> dict[str, Any] | None:
    """How the KL term's reference is loaded, where the start's name alone does not say it."""
    how = start.model_dump(include={"revision", "trust_remote_code"}, exclude_defaults=True)
    return how or None


def _generation(vllm: Vllm) -> dict[str, Any]:
    """TRL's words for who generates. With vLLM untested: it could not be had where this was written."""
    if vllm.mode == "none":
        return {}
    return {
        "use_vllm": True,
        "vllm_mode": vllm.mode,
        "vllm_server_base_url": vllm.server if vllm.mode == "server" else None,
        "vllm_gpu_memory_utilization": vllm.memory,
    }


def _adapters(start: Local, lora: Lora) -> "LoraConfig | None":
    if not lora.rank:
        return None
    from peft import LoraConfig

    return LoraConfig(
        r=lora.rank,
        lora_alpha=lora.alpha,
        lora_dropout=lora.dropout,
        target_modules=lora.targets,
        revision=start.revision,
        task_type="CAUSAL_LM",
    )


def _dataset(images: Sequence[Image], targets: Sequence[Target]) -> "Dataset":
    """One row an image and target: the prompt, the picture, the id by which the reward finds it, and the target."""
    from datasets import Dataset
    from datasets import Image as ImageFeature

    rows = [
        {
            "prompt": [{"role": "user", "content": ask_for(target)}],
            "image": str(image.path),
            "image_id": image.image_id,
            "target": list(target),
        }
        for image in images
        for target in targets or [()]
    ]
    return Dataset.from_list(rows).cast_column("image", ImageFeature())
