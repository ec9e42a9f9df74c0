"""Loads weights and processor of a local VLM, or says why they are none."""

import importlib.util
import os
import re
import shutil
from pathlib import Path
from typing import Any

from blindspot.distributed import process_state
from blindspot.errors import BlindspotError
from blindspot.models.description import Local
from blindspot.store import digest, read_json

ADAPTER = "adapter_config.json"  # of a LoRA adapter, by peft
MEND = "name a folder saved by save_pretrained, with config.json, model.safetensors and a processor"
HUB_ID = re.compile(r"[\w.-]+/[\w.-]+")
#: What of a checkpoint is no part of its model, beside pickles: optimiser, schedule, random states.
TRAINING = ("blindspot.json", "trainer_state.json")
FAULTS = (OSError, ValueError, KeyError, TypeError, AttributeError, ImportError)


def model_files(folder: Path) -> list[Path]:
    """The files of a checkpoint that make up its model: weights, configuration, processor."""
    kinds = (".safetensors", ".json", ".jinja", ".model", ".txt")
    return sorted(file for file in folder.iterdir() if file.suffix in kinds and file.name not in TRAINING)


def in_folder(folder: Path) -> Local:
    """Weights in a folder, with all defaults. Raises BlindspotError where it holds none."""
    if not any((folder / name).is_file() for name in ("config.json", ADAPTER)):
        found = "no config.json" if folder.is_dir() else "no such folder"
        raise BlindspotError(f"{folder} holds no model ({found})", MEND)
    return Local.model_validate({"model": str(folder)})


def is_adapter(source: Local) -> bool:
    """Whether it is a LoRA adapter, in a folder, rather than a whole model."""
    return (Path(source.model) / ADAPTER).is_file()


def base_of(source: Local) -> Local:
    """The model that an adapter stands on, as peft noted it; of a whole model, itself."""
    if not is_adapter(source):
        return source
    noted = read_json(Path(source.model) / ADAPTER)
    return source.model_copy(update={"model": noted["base_model_name_or_path"], "revision": noted.get("revision")})


def load(source: Local) -> tuple[Any, Any]:
    """Processor and model, a LoRA adapter merged into its base, from safetensors only.

    Raises BlindspotError where it is no VLM with a chat template, or cannot be loaded as described.
    """
    refuse_missing(source)
    os.environ.setdefault("TRANSFORMERS_VERBOSITY", "error")
    from transformers.utils import logging

    logging.set_verbosity_error()
    logging.disable_progress_bar()
    try:
        processor, model = _load(source)
    except FAULTS as error:
        raise _cannot(source, error) from None
    if getattr(processor, "image_processor", None) is None:
        kind = type(processor).__name__
        raise BlindspotError(f"{source.model} is no vision-language model (its {kind} takes no images)", MEND)
    if not getattr(processor, "chat_template", None):
        raise BlindspotError(
            f"the processor of {source.model} has no chat template", "save it with one: processor.chat_template"
        )
    tokenizer = processor.tokenizer
    tokenizer.padding_side = "left"
    if tokenizer.pad_token is None:  # as TRL's trainers do
        tokenizer.pad_token = tokenizer.eos_token
    return processor, model.eval()


def save_whole(source: Local, folder: Path) -> None:
    """Writes weights and processor to `folder` as a plain model: copied, or an adapter merged into its base."""
    if not is_adapter(source) and Path(source.model).is_dir():
        for file in model_files(Path(source.model)):
            shutil.copy(file, folder)
        return
    processor, model = load(source.model_copy(update={"quantization": None, "device_map": None}))
    model.save_pretrained(folder)
    processor.save_pretrained(folder)


def weights_of(source: Local, model: Any) -> str:
    """What names the weights for good: a digest of their folders, or the commit of a hub id."""
    folders = [Path(name) for name in dict.fromkeys((source.model, base_of(source).model)) if Path(name).is_dir()]
    return digest(*folders) if folders else str(getattr(model.config, "_commit_hash", None) or source.revision)


def _load(source: Local) -> tuple[Any, Any]:
    from transformers import AutoModelForImageTextToText, AutoProcessor

    base = base_of(source)
    trusted = {"revision": base.revision, "trust_remote_code": base.trust_remote_code}
    model: Any = AutoModelForImageTextToText.from_pretrained(base.model, **trusted, **_how(base))
    folder = Path(source.model)
    has_processor = base is source or any((folder / f"{name}processor_config.json").is_file() for name in ("", "pre"))
    processor = AutoProcessor.from_pretrained(source.model if has_processor else base.model, **trusted)
    if not (source.device_map or source.quantization):
        model = model.to(process_state().device)  # the merge is slow on one CPU thread
    if base is not source:
        from peft import PeftModel

        model = PeftModel.from_pretrained(model, source.model).merge_and_unload()
    return processor, model


def _how(source: Local) -> dict[str, Any]:
    """The description in from_pretrained's words."""
    import torch
    from transformers import BitsAndBytesConfig

    how: dict[str, Any] = {"dtype": source.dtype, "use_safetensors": True}
    if source.device_map:
        how["device_map"] = source.device_map
    if source.attention:
        how["attn_implementation"] = source.attention
    if source.quantization == "8bit":
        how["quantization_config"] = BitsAndBytesConfig(load_in_8bit=True)
    if source.quantization == "4bit":
        how["quantization_config"] = BitsAndBytesConfig(
            load_in_4bit=True, bnb_4bit_quant_type="nf4", bnb_4bit_compute_dtype=torch.bfloat16
        )
    return how


def refuse_missing(source: Local) -> None:
    """Raises BlindspotError where it cannot be loaded, as far as can be said without loading anything."""
    if source.quantization and importlib.util.find_spec("bitsandbytes") is None:
        raise BlindspotError(
            f"{source.model}: quantization {source.quantization} wants the package bitsandbytes, which is not here",
            "`pip install bitsandbytes`, or set quantization: null",
        )
    if source.device_map and process_state().num_processes > 1:
        raise BlindspotError(
            f"{source.model}: device_map {source.device_map} is for one process, and there are "
            f"{process_state().num_processes}",
            "set device_map: null, or launch.config to one process",
        )
    base = base_of(source)
    if Path(base.model).is_dir() or not HUB_ID.fullmatch(base.model):
        in_folder(Path(base.model))


def _cannot(source: Local, error: Exception) -> BlindspotError:
    said = " ".join(str(error).split())[:200]
    if Path(base_of(source).model).is_dir():
        if isinstance(error, ImportError):
            return BlindspotError(
                f"{source.model} cannot be loaded as described ({said})", "install that, or change it"
            )
        return BlindspotError(f"{source.model} is no vision-language model ({said})", MEND)
    return BlindspotError(
        f"{base_of(source).model} is no folder here, and cannot be had from the hub ({said})",
        "see to the id, its revision and the network, or name a folder",
    )
