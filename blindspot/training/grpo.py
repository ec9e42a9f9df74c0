"""Sets up TRL's GRPOTrainer to train a questioner."""

import importlib.util
import logging
import os
import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from blindspot.distributed import process_state
from blindspot.errors import BlindspotError
from blindspot.models.description import Local
from blindspot.models.loading import is_adapter
from blindspot.models.local import LocalVLM
from blindspot.prompts.files import RolePrompts, read_prompts
from blindspot.protocols import Target
from blindspot.questioner.prompts import question_prompt
from blindspot.records.image import Image
from blindspot.rewards.trl import Reward
from blindspot.training.options import Lora, TrainingParams, Vllm

if TYPE_CHECKING:
    from datasets import Dataset
    from peft import LoraConfig
    from trl import GRPOConfig, GRPOTrainer


TRAINER_MODULE = "trl.trainer.grpo_trainer"  # which is the name of its logger
NO_REWARD = "All reward functions returned None"  # the start of a warning of TRL


def refuse_impossible(start: Local, params: TrainingParams, images: int) -> None:
    """Raises BlindspotError if the questioner cannot be trained with these parameters and this number of images."""
    params.batches_of_process()
    if params.vllm.mode != "none" and importlib.util.find_spec("vllm") is None:
        raise BlindspotError(
            f"train.vllm.mode {params.vllm.mode} requires the package vllm, which is not installed",
            "`pip install 'trl[vllm]'`, or set it to none",
        )
    if is_adapter(start):
        raise BlindspotError(
            f"{start.model} is a LoRA adapter, which cannot be trained",
            "merge it into its base model first (peft: merge_and_unload, then save_pretrained)",
        )
    if start.quantization and not params.lora.rank:
        raise BlindspotError(
            f"{start.model}: weights quantized to {start.quantization} cannot be trained",
            "set train.lora.rank above 0",
        )
    if params.steps and images < params.images_per_step:
        raise BlindspotError(
            f"{images} training images are fewer than train.images_per_step, {params.images_per_step}",
            "lower it, or raise prepare.splits.train",
        )


def build_trainer(
    start: Local,
    images: Sequence[Image],
    targets: Sequence[Target],
    reward: Reward,
    params: TrainingParams,
    seed: int,
    evaluate: Callable[[int, Path], None],
    folder: Path,
    evaluated: int = 0,
) -> "GRPOTrainer":
    """Returns a trainer for the questioner `start` that writes checkpoints to `folder`.

    `evaluate(step, checkpoint)` is called for each checkpoint; it asks `evaluated` questions. The training set has
    each image once per target, or once if there are no targets. The reference of the KL term is a second copy of
    `start`; with LoRA it is `start` with its adapters disabled.
    """
    from transformers import ProgressCallback

    from blindspot.training.callbacks import CompleteCheckpoint, Progress, StopAtBudget
    from blindspot.training.recording import RecordTraining
    from blindspot.training.resumable import ResumableGRPOTrainer

    logging.getLogger(TRAINER_MODULE).addFilter(_is_not_about_unscored)
    prompts = read_prompts(Path(params.prompts), "questioner")
    vlm = LocalVLM(_trained_weights(start, params), prompts.system)
    _name_layers(vlm.model)
    frozen = freeze_vision(vlm.model, start) if params.freeze_vision else None
    trainer = ResumableGRPOTrainer(
        model=vlm.model,
        processing_class=vlm.processor,
        args=_config(start, params, seed, folder),
        train_dataset=_dataset(images, targets, vlm, prompts),
        reward_funcs=[*reward.functions()],
        peft_config=adapters(start, params.lora, frozen),
    )
    trainer.remove_callback(ProgressCallback)
    trainer.add_callback(Progress([one.name for one in reward.parts]))
    trainer.add_callback(RecordTraining)
    trainer.add_callback(StopAtBudget(reward.meter, params.questions_per_step * reward.calls + evaluated))
    trainer.add_callback(CompleteCheckpoint(reward, targets, evaluate))
    return trainer


def _is_not_about_unscored(record: logging.LogRecord) -> bool:
    """Drops TRL's warning, with a dump of the row, about an unscored question, which has no reward by design."""
    return not record.getMessage().startswith(NO_REWARD)


def _trained_weights(start: Local, params: TrainingParams) -> Local:
    """Returns how `start` is loaded for training. All weights train in float32: in 16 bits, small updates vanish."""
    return start if params.lora.rank else start.model_copy(update={"dtype": "float32"})


def _config(start: Local, params: TrainingParams, seed: int, folder: Path) -> "GRPOConfig":
    from trl import GRPOConfig

    size, batches = params.batches_of_process()
    return GRPOConfig(
        output_dir=str(folder),
        max_steps=params.steps,
        per_device_train_batch_size=size,
        gradient_accumulation_steps=batches,
        num_generations=params.num_generations,
        steps_per_generation=batches,
        learning_rate=params.learning_rate,
        lr_scheduler_type="constant_with_warmup",
        warmup_steps=10,
        beta=params.beta,
        temperature=params.temperature,
        max_completion_length=params.max_new_tokens,
        reward_weights=params.reward_weights(),
        scale_rewards="batch",  # by group, the noise of a group that agrees would be scaled up
        save_steps=params.checkpoint_every,
        save_total_limit=2,
        logging_steps=1,
        report_to="none",  # RecordTraining reports
        seed=seed,
        disable_tqdm=False,
        dataloader_num_workers=0,
        dataloader_pin_memory=process_state().device.type != "cpu",
        use_cpu=process_state().device.type == "cpu",
        bf16=params.bf16,
        gradient_checkpointing=params.gradient_checkpointing,
        model_init_kwargs=_reference(start),
        chat_template_kwargs=start.chat_template_kwargs or None,
        **_generation(params.vllm),
    )


def _reference(start: Local) -> dict[str, Any] | None:
    """Returns how the reference of the KL term is loaded, if not by the defaults."""
    how = start.model_dump(include={"revision", "trust_remote_code"}, exclude_defaults=True)
    return how or None


def _generation(vllm: Vllm) -> dict[str, Any]:
    """Returns TRL's options for generation (vLLM is untested)."""
    if vllm.mode == "none":
        return {}
    return {
        "use_vllm": True,
        "vllm_mode": vllm.mode,
        "vllm_server_base_url": vllm.server if vllm.mode == "server" else None,
        "vllm_gpu_memory_utilization": vllm.memory,
    }


def _name_layers(model: Any) -> None:
    """Tells accelerate which layers FSDP shards, unless launch.config does.

    By default it takes the list of the model's class, and fails if the list has a layer that this model lacks, as that
    of LLaVA's classes does.
    """
    if os.environ.get("ACCELERATE_USE_FSDP", "").lower() == "true":
        present = {type(module).__name__ for module in model.modules()}
        os.environ.setdefault("FSDP_TRANSFORMER_CLS_TO_WRAP", ",".join(sorted(present & set(model._no_split_modules))))


def freeze_vision(model: Any, start: Local) -> str:
    """Freezes the image encoder and returns its name within the model. Raises BlindspotError if there is none."""
    encoder = model.get_encoder(modality="image")
    name = next((name for name, module in model.named_modules() if module is encoder), "")
    if not name or encoder is model.base_model:
        raise BlindspotError(f"the image encoder of {start.model} is not found", "set train.freeze_vision to false")
    encoder.requires_grad_(False)
    return name


def adapters(start: Local, lora: Lora, frozen: str | None) -> "LoraConfig | None":
    """Returns the LoRA adapters to train, or None if all weights are trained.

    `frozen`: the name of a module that gets no adapters.
    """
    if not lora.rank:
        return None
    from peft import LoraConfig

    return LoraConfig(
        r=lora.rank,
        lora_alpha=lora.alpha,
        lora_dropout=lora.dropout,
        target_modules=lora.targets,
        exclude_modules=frozen and rf"(.*\.)?{re.escape(frozen)}\..*",
        revision=start.revision,
        task_type="CAUSAL_LM",
    )


def _dataset(images: Sequence[Image], targets: Sequence[Target], vlm: LocalVLM, prompts: RolePrompts) -> "Dataset":
    """Returns one row per image and target: the prompt, the picture, the image id that the reward uses, the target."""
    from datasets import Dataset
    from datasets import Image as ImageFeature

    rows = [
        {
            "prompt": vlm.turns(question_prompt(prompts, target)),
            "image": str(image.path),
            "image_id": image.image_id,
            "target": list(target),
        }
        for image in images
        for target in targets or [()]
    ]
    return Dataset.from_list(rows).cast_column("image", ImageFeature())
